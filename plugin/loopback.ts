/** Whether an IP address is of this machine only; also in the form that a socket for both families gives it. */
export function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address) || address === '::1'
}
