/** One thing that was looked at. */

export interface Finding {
  /** What was looked at, in two words. */
  readonly check: string
  /** `warn`: the main job is done, something is not seen; `fail`: it is not done. */
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found, in a sentence. */
  readonly says: string
  /** What to do; where `status` is not `ok`. */
  readonly mend?: string
}
