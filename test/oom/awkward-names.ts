/** Names that look like other parts of the lines in which they stand; one character per byte. */
export const AWKWARD_NAMES = [
  'tmux: server',
  'a) b (c',
  '(sd-pam)',
  'a,task=b',
  ',task=',
  ',pid=1,uid=2',
  '9,pid=8,uid=7',
  '531',
  '',
  ' ',
  'two\nlines',
  '\xc3\xa9t\xc3\xa9',
]
