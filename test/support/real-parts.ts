/**
 * The real servers that the sinks' tests deliver to: S2's own, `s2 lite`, from its Rust package, and
 * an OpenTelemetry Collector from its Go modules (test/support/collector); schemathesis, which holds a
 * server against its OpenAPI document, from its Python package; Prometheus and promtool, from Debian; what
 * knows Grafana's schema of dashboards, from its Go modules (test/support/dashboard-check); what Docker Compose
 * itself reads its files with, from its Go module; Kubernetes' schemas, from a Python package; and
 * the generators of clients (client-tools.ts). Run as a program it builds what is neither on the path nor in the user's cache
 * (`~/.cache/fastify-sysmon`, so that another clone has it too), which takes up to a quarter of an
 * hour; tests only look for it, and skip with the reason where it is not.
 */

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installClientTools } from './client-tools.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fastify-sysmon')

interface Part {
  /** In the cache. */
  readonly binary: string
  /** Its name where it is installed. */
  readonly command: string
  /** What builds it. */
  readonly tool: string
  readonly build: () => readonly string[]
  /** For the tool, beside the environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** Each version has a folder of its own: a cache that an older clone filled is not taken for it. */
const S2_VERSION = '0.43.4'
const S2 = join(CACHE, `s2-${S2_VERSION}`)
const SCHEMATHESIS_VERSION = '4.32.5'
const SCHEMATHESIS = join(CACHE, `schemathesis-${SCHEMATHESIS_VERSION}`)
const KUBERNETES_VALIDATE_VERSION = '1.37.0'
const KUBERNETES_VALIDATE = join(CACHE, `kubernetes-validate-${KUBERNETES_VALIDATE_VERSION}`)
const COMPOSE_VERSION = 'v2.16.2'
const COMPOSE = join(CACHE, `compose-go-${COMPOSE_VERSION}`)
const COLLECTOR_FOLDER = join(CACHE, 'collector-0.162')
const COLLECTOR = join(COLLECTOR_FOLDER, 'collector')
const DASHBOARD_CHECK_FOLDER = join(CACHE, 'dashboard-check-0.0.22')
const DASHBOARD_CHECK = join(DASHBOARD_CHECK_FOLDER, 'dashboard-check')
const PROMETHEUS = join(CACHE, 'prometheus')
/** Two programs of one package: unpacked, because installed it would be a service of the machine. */
const FROM_DEBIAN = {
  tool: 'sh',
  build: () => [
    '-euc',
    `mkdir -p "$0.new" && cd "$0.new"
    apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }
    dpkg -x prometheus_*.deb . && rm prometheus_*.deb && cd / && rm -rf "$0" && mv "$0.new" "$0"`,
    PROMETHEUS,
  ],
}

const PARTS = {
  s2: {
    binary: join(S2, 'bin/s2'),
    command: 's2',
    tool: 'cargo',
    build: () => ['install', '--locked', `s2-cli@${S2_VERSION}`, '--root', S2],
  },
  collector: {
    binary: COLLECTOR,
    command: 'otelcol-contrib',
    tool: 'go',
    build: () => buildOfGo('collector', COLLECTOR_FOLDER, COLLECTOR),
  },
  dashboardCheck: {
    binary: DASHBOARD_CHECK,
    command: 'grafana-dashboard-check',
    tool: 'go',
    build: () => buildOfGo('dashboard-check', DASHBOARD_CHECK_FOLDER, DASHBOARD_CHECK),
  },
  schemathesis: {
    binary: join(SCHEMATHESIS, 'bin/schemathesis'),
    command: 'schemathesis',
    tool: 'python3',
    build: () => installOfPython(SCHEMATHESIS, `schemathesis==${SCHEMATHESIS_VERSION}`),
  },
  kubernetesValidate: {
    binary: join(KUBERNETES_VALIDATE, 'bin/kubernetes-validate'),
    command: 'kubernetes-validate',
    tool: 'python3',
    build: () =>
      installOfPython(KUBERNETES_VALIDATE, `kubernetes-validate==${KUBERNETES_VALIDATE_VERSION}`),
  },
  compose: {
    binary: join(COMPOSE, 'cmd'),
    command: 'compose-go',
    tool: 'go',
    build: () => ['install', `github.com/compose-spec/compose-go/v2/cmd@${COMPOSE_VERSION}`],
    env: { GOBIN: COMPOSE },
  },
  prometheus: {
    binary: join(PROMETHEUS, 'usr/bin/prometheus'),
    command: 'prometheus',
    ...FROM_DEBIAN,
  },
  promtool: { binary: join(PROMETHEUS, 'usr/bin/promtool'), command: 'promtool', ...FROM_DEBIAN },
} satisfies Record<string, Part>

export type RealPart = keyof typeof PARTS

/** The path of the program, or undefined where it is neither built nor installed. */
export function findRealPart(name: RealPart): string | undefined {
  const { binary, command } = PARTS[name]
  if (existsSync(binary)) return binary
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** @returns the arguments of `go` */
function buildOfGo(name: string, cached: string, binary: string): readonly string[] {
  // A copy, because `go build` completes go.mod and go.sum.
  const folder = join(cached, 'source')
  mkdirSync(folder, { recursive: true })
  cpSync(join(ROOT, 'test/support', name), folder, { recursive: true })
  return ['build', '-C', folder, '-mod=mod', '-o', binary, '.']
}

/** Into an environment of its own. @returns the arguments of `python3` */
function installOfPython(folder: string, requirement: string): readonly string[] {
  const script = `import subprocess, sys, venv
venv.create(sys.argv[1], with_pip=True)
subprocess.check_call([sys.argv[1] + '/bin/pip', 'install', '--quiet', sys.argv[2]])`
  return ['-c', script, folder, requirement]
}

/** @returns whether it is there now */
function build(name: RealPart): boolean {
  if (findRealPart(name) !== undefined) return true
  const part: Part = PARTS[name]
  if (spawnSync(part.tool, ['version'], { stdio: 'ignore' }).error !== undefined) {
    console.error(
      `${name} cannot be built: install ${part.tool}, or put ${part.command} on the path`
    )
    return false
  }
  console.log(`building ${name} with ${part.tool}`)
  const env = { ...process.env, ...part.env }
  return spawnSync(part.tool, part.build(), { stdio: 'inherit', env }).status === 0
}

/** @returns whether all are there now */
export function haveRealParts(): boolean {
  const parts = (Object.keys(PARTS) as RealPart[]).map(build)
  return [...parts, installClientTools()].every(isThere => isThere)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = haveRealParts() ? 0 : 1
