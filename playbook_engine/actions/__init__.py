"""What a step can do: one module for each kind of action.

An action is read when the playbook is loaded and makes one request for each target; it contacts nothing.

shell         `ssh` and `local`: a command line, or a list of arguments
http          one HTTP request, its URL checked and its values encoded
http_url      a request line as method and URL pieces, with the rule for each place a value can stand
http_payload  headers, `json`, `form` and `body` of the long form
curl          an HTTP request as a command line for curl
pasting       values as a person pastes them into a shell
manual        an instruction for a person, and the answers they can give
kubectl/      a kubectl command line
registry      the words of the language, and what reads each of them
nodes         how every action reads the values written under it
placeholders  where the `{{ … }}` of a text begin and end
"""
