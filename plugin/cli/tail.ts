export async function tailCommand(_args: string[]): Promise<number> {
  return 0
}
