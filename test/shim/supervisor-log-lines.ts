/** Lines of supervisord's log. */

export const at = (...lines: string[]): string =>
  lines.map(line => `2026-11-24 00:23:28,155 ${line}\n`).join('')

export const started = (pid: number): string => `INFO supervisord started with pid ${pid}`

export const spawned = (name: string, pid: number): string =>
  `INFO spawned: '${name}' with pid ${pid}`

export const exited = (name: string, how: string): string =>
  `WARN exited: ${name} (${how}; not expected)`
