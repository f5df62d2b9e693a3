"""What a step can do: one module for each kind of action.

An action is read when the playbook is loaded and makes one request for each target; it contacts nothing.

shell          `ssh` and `local`: a command line, or a list of arguments
shell_setting  in what it runs: `user`, `become`, `shell`, `env` and `stdin` of the long form
http           one HTTP request, its URL checked and its values encoded
http_url       a request line as method and URL pieces, with the rule for each place a value can stand
http_query     `query` of the long form
http_payload   headers, `json`, `form` and `body` of the long form
http_trust     `auth` and `tls` of the long form
curl           an HTTP request as a command line for curl
shell_pasting  a command with its setting as a person pastes it
pasting        values as a person pastes them into a shell
manual         an instruction for a person, and the answers they can give
kubectl/       a kubectl command line
registry       the words of the language, and what reads each of them
credentials    passwords and tokens, which always come from secrets
nodes          how every action reads the values written under it
placeholders   where the `{{ … }}` of a text begin and end
"""
