/** Whose kernel it is, and of which architecture, as its release tells: a guess by the names that they give. */

const DISTRIBUTIONS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\.el(\d+)uek/, 'Oracle Linux $1 (Unbreakable Enterprise Kernel)'],
  [/\.amzn(\d+)/, 'Amazon Linux $1'],
  [/\.el(\d+)/, 'RHEL $1 or one made of it'],
  [/\.fc(\d+)/, 'Fedora $1'],
  [/-microsoft-standard/, 'WSL'],
  [/-0-(?:lts|virt)$/, 'Alpine'],
  [/-ARCH|-arch\d|-zen\d|-lts$/, 'Arch Linux'],
  [/-MANJARO/, 'Manjaro'],
  [/-pve$/, 'Proxmox'],
  [/-(aws|azure|gcp|oracle|kvm)$/, 'Ubuntu ($1)'],
  [/-(?:generic|lowlatency|server)(?:-64k)?$/, 'Ubuntu'],
  [/(?:\+deb|\+bpo|-\d+-(?:cloud-)?(?:amd64|arm64|686|686-pae|armmp|s390x|powerpc64le))/, 'Debian'],
  [/\+rpt?|-v7l?\+|-v8\+|-v8-16k\+/, 'Raspberry Pi OS'],
  [/-default$/, 'SUSE'],
  [/-gentoo/, 'Gentoo'],
  [/-talos$/, 'Talos'],
  [/-flatcar|-coreos/, 'Flatcar or CoreOS'],
  [/-(?:ph\d|photon|esx)/, 'Photon OS'],
  [/-android\d/, 'Android'],
  [/-cip\d/, 'CIP'],
]

const ARCHITECTURES: ReadonlyArray<readonly [RegExp, string]> = [
  [/x86_64|amd64|-arch\d|-pve$/, 'x86-64'],
  [/aarch64|arm64|-v8\+|-v8-16k\+/, 'arm64'],
  [/i[3-6]86|-686/, 'x86, 32 bits'],
  [/armv?[5-8]|armmp|-v7l?\+/, 'arm, 32 bits'],
  [/ppc64le|powerpc64le/, 'ppc64le'],
  [/s390x/, 's390x'],
  [/riscv64/, 'riscv64'],
]

export function distributionOf(release: string | undefined): string | undefined {
  return release === undefined ? undefined : first(DISTRIBUTIONS, release)
}

export function architectureOf(release: string | undefined): string | undefined {
  return release === undefined ? undefined : first(ARCHITECTURES, release)
}

function first(
  names: ReadonlyArray<readonly [RegExp, string]>,
  release: string
): string | undefined {
  for (const [pattern, name] of names) {
    const match = pattern.exec(release)
    if (match !== null) return name.replace('$1', match[1] ?? '')
  }
  return undefined
}
