/**
 * From a record's stamp to Unix time.
 *
 * A stamp counts microseconds of the kernel's local clock, which starts with the boot and which no
 * system call gives: it runs beside CLOCK_MONOTONIC, some milliseconds off, and is never corrected
 * by NTP. So the distance of the two is measured with a record of our own (its stamp lies between two
 * readings of CLOCK_MONOTONIC), and each record that comes in bounds it: none arrives before it was
 * printed. Source: kernel, kernel/printk/printk.c: vprintk_store (local_clock).
 */

/** CLOCK_MONOTONIC in microseconds. */
export function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1e3
}

/** How far the wall clock may be from where it was expected before it counts as stepped, in ms. */
const STEP_MS = 2
/** A receipt later than the stamp by more than this shows that the two clocks drifted apart. */
const DRIFT_US = 250_000

export class KernelClock {
  /** CLOCK_MONOTONIC minus the kernel's local clock, in microseconds. */
  #distanceUs = 0
  /** Unix time minus CLOCK_MONOTONIC, in microseconds. */
  #wallOffsetUs: number

  constructor() {
    // The start of the process is the only wall-clock time Node knows to the microsecond.
    this.#wallOffsetUs = (performance.timeOrigin + performance.now()) * 1000 - monotonicUs()
    this.#correctStep()
  }

  /** A record with this stamp was printed between these two readings of CLOCK_MONOTONIC. */
  calibrate(stampUs: number, beforeUs: number, afterUs: number): void {
    this.#distanceUs = (beforeUs + afterUs) / 2 - stampUs
  }

  /** A record with this stamp has just come in. */
  observe(stampUs: number, nowUs = monotonicUs()): void {
    const latest = nowUs - stampUs
    if (latest < this.#distanceUs || latest > this.#distanceUs + DRIFT_US) this.#distanceUs = latest
  }

  /** Unix microseconds of a stamp. */
  toUnixUs(stampUs: number): number {
    this.#correctStep()
    return Math.round(stampUs + this.#distanceUs + this.#wallOffsetUs)
  }

  /** Follows a wall clock that was set or slewed since it was read last. */
  #correctStep(): void {
    const expectedMs = (monotonicUs() + this.#wallOffsetUs) / 1000
    if (Math.abs(Date.now() - expectedMs) <= STEP_MS) return
    // Date.now() counts whole milliseconds: at the moment it changes, it is exact.
    const start = Date.now()
    let now = start
    while (now === start) now = Date.now()
    this.#wallOffsetUs = now * 1000 - monotonicUs()
  }
}
