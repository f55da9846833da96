/** What is asked of, and done to, objects of any shape. */

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields that are there: what is absent is no key either. The same object where none is missing. */
export function withoutUndefined<T extends object>(
  fields: {
    readonly [K in keyof T]: T[K] | undefined
  }
): T {
  if (!Object.values(fields).includes(undefined)) return fields as T
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}
