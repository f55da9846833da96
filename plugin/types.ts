/**
 * What a host application's code names. Nothing is imported here but generated types, so that a host
 * compiles without the packages that sinks deliver by.
 */

/** Where events go in S2. */
export interface S2Options {
  /** An access token that may append to and read the stream, and create it. */
  readonly accessToken: string
  readonly basin: string
  /**
   * The stream's name, in which `{hostname}`, `{boot_id}` and `{machine_id}` are replaced. Default:
   * `sysmon/{hostname}/{boot_id}`.
   */
  readonly stream?: string | undefined
  /** Milliseconds that an event waits at most for others to share its append. Default: 20. */
  readonly linger?: number | undefined
  /** Default: S2's own, or `S2_ACCOUNT_ENDPOINT`. */
  readonly accountEndpoint?: string | undefined
  /** May contain `{basin}`. Default: S2's own, or `S2_BASIN_ENDPOINT`. */
  readonly basinEndpoint?: string | undefined
}
