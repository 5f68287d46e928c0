"""Golden codes: what published weights gave on one clip, so that any machine can tell whether its own do the same.

`clip` makes the clip, `audio` what the codes are decoded to, `codes` reads and writes the files beside this one,
`audiotok check NAME --weights` compares.
"""
