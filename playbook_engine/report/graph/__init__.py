"""The decisions of a playbook as a graph, and three ways to write it.

graph     nodes, edges and groups
building  from a playbook to its graph
details   the small print of a node
mermaid   for Mermaid
dot       for Graphviz
svg       as a picture of our own
layout    where nodes, labels and bends of the picture are
layers    which row each node belongs to, and in which order
crossings fewer crossings between the rows
placing   where in its row each node is
columns   what stands in one line from top to bottom
sizes     how large texts and shapes are
"""
