/**
 * Bounds a wait in a test, in ms: only what would never come takes so long. No test may say by it how fast
 * something is: a machine with much else to do takes its time.
 */
export const PATIENCE_MS = 90_000
