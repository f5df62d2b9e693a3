"""How rehearsals went, for people and for machines.

text      for a person at a terminal
as_json   one JSON document
junit     the XML that CI systems read
markdown  for a comment on a change
counting  shares and numbers in words
"""
