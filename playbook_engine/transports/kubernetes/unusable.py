"""Why a kubeconfig, or the credentials that it names, cannot be used."""


class KubeconfigError(Exception):
    """The kubeconfig cannot be used; `hint` says what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
