/** Lines of a dump that a person typed anew, or a program read from a picture: what that does to them. */

const STRUCTURED = /^oom-kill: ?constraint=/i
/** Blanks after the commas of the line, which has none but in names. */
const AFTER_COMMA =
  /, +(?=(?:nodemask|cpuset|mems_allowed|oom_memcg|task_memcg|task|pid|uid)=|global_oom\b)/g

/** @param text of a record that is whole */
export function asPrinted(text: string): string {
  const first = text.charCodeAt(0) | 32
  if (first !== 111 || !STRUCTURED.test(text)) return text
  return text.replace(STRUCTURED, 'oom-kill:constraint=').replace(AFTER_COMMA, ',')
}
