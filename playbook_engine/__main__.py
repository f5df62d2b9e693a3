"""Run the command line as `python -m playbook_engine`."""

from playbook_engine.cli import main

if __name__ == "__main__":
    main()
