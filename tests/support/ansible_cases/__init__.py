"""Inventories that Ansible and runbook read side by side.

case      what a case is
yaml      YAML files
ini       INI files
folders   folders, group_vars, host_vars
sources   several sources, lists of hosts, executables
"""
