/** The images, built from the Dockerfiles as they stand, with cached layers. */

import { ensureBases } from './bases.ts'
import { output, run } from './engine.ts'

export type Flavour = 'headless' | 'headful'

/**
 * @param target `browser` for the same image without API and shim, `telemetry` for these without a browser
 * @returns the image's name
 */
export function buildImage(flavour: Flavour, target?: 'browser' | 'telemetry'): string {
  ensureBases()
  const name = `localhost/fastify-sysmon-${flavour}${target === undefined ? '' : `-${target}`}`
  console.error(`building ${name} from Dockerfile.${flavour}`)
  run('buildah', [
    'bud',
    '--quiet',
    '--isolation',
    'chroot',
    '--network',
    'host',
    '--layers',
    // The image format of Docker: OCI's has no HEALTHCHECK.
    '--format',
    'docker',
    ...(target === undefined ? [] : ['--target', target]),
    '-f',
    `Dockerfile.${flavour}`,
    '-t',
    name,
    '.',
  ])
  return name
}

/** The layers of an image together, in bytes. */
export function imageSize(name: string): number {
  return Number(output('podman', ['image', 'inspect', '--format', '{{.Size}}', name]))
}
