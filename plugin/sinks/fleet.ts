/** Reading what many machines delivered to one place, where a sink's other side can be read. */

interface FleetRecord {
  /** Where it was: one for each machine. */
  readonly stream: string
  /** The envelope. */
  readonly body: Uint8Array
}

export interface FleetRequest {
  /** Of the streams' names; absent: as the sink's own configuration has it. */
  readonly prefix: string | undefined
  /** Unix milliseconds; absent: only what comes from now on. */
  readonly since: number | undefined
  readonly onRecord: (record: FleetRecord) => void
  /** Told what failed and is tried again. */
  readonly onTrouble: (message: string) => void
}

/** Ends only by an error. @throws {SinkError} */
export type FollowFleet = (env: NodeJS.ProcessEnv, request: FleetRequest) => Promise<never>
