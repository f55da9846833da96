/**
 * Our operations in the OpenAPI document of the host's own, where it has `@fastify/swagger` write one from its
 * routes: as our document has them, whatever the host's `transform` makes of other routes (`swaggerTransform` of
 * a route goes before it). Names that documents share are given ours: `SysmonHealth`, `sysmonGetHealth`.
 */

import type { FastifyInstance, RouteOptions } from 'fastify'
import { openapiJson } from '../../generated/document.ts'
import { toOpenApi30 } from './openapi-30.ts'

type Json = Record<string, unknown>

interface HostDocument {
  openapi?: string
  servers?: ReadonlyArray<{ readonly url: string }>
  tags?: ReadonlyArray<{ readonly name: string }>
  paths: Record<string, Json>
  components: { schemas?: Json; securitySchemes?: Json }
}

/** What `@fastify/swagger` hands to the `swaggerTransform` of a route. */
interface Transformed {
  readonly url: string
  /** Absent where the host writes Swagger 2.0. */
  readonly openapiObject?: HostDocument
}

interface OurDocument {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: Record<string, Record<string, Json>>
  readonly security: readonly Json[]
}

interface Operation extends Json {
  readonly operationId: string
  readonly responses: Record<string, Json>
}

const TAG = {
  name: 'telemetry',
  description: 'OOM kills, crashes and other events of this machine (fastify-sysmon).',
}
const HIDDEN = { schema: { hide: true } }
const SCHEMAS = '#/components/schemas/'
let parsed: OurDocument | undefined

/** Every route of the scope from here on. @param isHidden none is in the host's document */
export function describeForHost(scope: FastifyInstance, isHidden: boolean): void {
  scope.addHook('onRoute', route => {
    const { method, routePath } = route
    route.config = {
      ...route.config,
      swaggerTransform: ({ url, openapiObject }: Transformed) => {
        if (!isHidden && openapiObject !== undefined) {
          addOperation(openapiObject, url, routePath, [method].flat()[0]!.toLowerCase())
        }
        // It is there already, as it should be.
        return { ...HIDDEN, url }
      },
    } as RouteOptions['config']
  })
}

function addOperation(host: HostDocument, url: string, ourPath: string, method: string): void {
  parsed ??= JSON.parse(openapiJson) as OurDocument
  const operation = parsed.paths[ourPath]?.[method === 'head' ? 'get' : method]
  if (operation === undefined) return
  const convert = is30(host) ? toOpenApi30 : (value: unknown) => value
  const needed = new Set<string>()
  const own = named(withLoneReferences(inlined(operation, parsed)), needed) as Operation
  const { path, parameters } = pathOf(url, host)
  host.paths[path] = {
    ...host.paths[path],
    [method]: convert({
      ...own,
      ...(method === 'head' ? withoutBodies(own) : {}),
      operationId: `sysmon${capital(own.operationId)}${method === 'head' ? 'Head' : ''}`,
      tags: [TAG.name],
      parameters: [...parameters, ...((own.parameters as Json[] | undefined) ?? [])],
      security: ((own.security as Json[] | undefined) ?? parsed.security).map(renamed),
    }),
  }
  addComponents(host, parsed, needed, convert)
}

function is30({ openapi = '3.0.3' }: HostDocument): boolean {
  return openapi.startsWith('3.0')
}

/** The schemas named, those that they name, our security scheme and our tag, where they are not there yet. */
function addComponents(
  host: HostDocument,
  ours: OurDocument,
  names: Set<string>,
  convert: (value: unknown) => unknown
): void {
  const schemas: Json = { ...host.components.schemas }
  // It grows while it is gone through.
  for (const name of names) {
    const schema = named(ours.components.schemas![name], names)
    schemas[ourName(name)] ??= convert(schema)
  }
  host.components.schemas = schemas
  const schemes = Object.entries(ours.components.securitySchemes!)
  const renamedSchemes = schemes.map(([name, scheme]) => [ourName(name), scheme])
  host.components.securitySchemes = {
    ...host.components.securitySchemes,
    ...Object.fromEntries(renamedSchemes),
  }
  const tags = host.tags ?? []
  if (!tags.some(({ name }) => name === TAG.name)) host.tags = [...tags, TAG]
}

/** As `@fastify/swagger` names the path of a route: without that of a server, and with `{id}` for `:id`. */
function pathOf(url: string, { servers = [] }: HostDocument): { path: string; parameters: Json[] } {
  let path = url
  for (const server of servers) {
    const base = new URL(server.url.replaceAll(/[{}]/g, ''), 'http://localhost').pathname
    if (base !== '/' && path.startsWith(base)) path = path.replace(base, '')
  }
  const parameters: Json[] = []
  path = path.replaceAll(/:(\w+)(?:\([^)]*\))?/g, (_, name: string) => {
    parameters.push({ name, in: 'path', required: true, schema: { type: 'string' } })
    return `{${name}}`
  })
  return { path, parameters }
}

/** References to parameters, responses and the like, which become no components of the host's, resolved. */
function inlined(value: unknown, ours: OurDocument): unknown {
  return mapped(value, object => {
    const ref = object.$ref
    if (typeof ref !== 'string' || ref.startsWith(SCHEMAS)) return undefined
    const [, , kind, name] = ref.split('/')
    return inlined(ours.components[kind!]![name!], ours)
  })
}

/** Without what stands beside references to schemas: the conditions of some types, for who tests the API. */
function withLoneReferences(operation: unknown): unknown {
  return mapped(operation, ({ $ref }) =>
    typeof $ref === 'string' && $ref.startsWith(SCHEMAS) ? { $ref } : undefined
  )
}

/** References to schemas, by the names that they have in the host's document. */
function named(value: unknown, names: Set<string>): unknown {
  return mapped(value, object => {
    const { $ref, ...siblings } = object
    if (typeof $ref !== 'string' || !$ref.startsWith(SCHEMAS)) return undefined
    const name = $ref.slice(SCHEMAS.length)
    names.add(name)
    return { ...(named(siblings, names) as Json), $ref: SCHEMAS + ourName(name) }
  })
}

/** A copy, in which each object is what `replace` gives for it, where it gives something. */
function mapped(value: unknown, replace: (object: Json) => unknown): unknown {
  if (Array.isArray(value)) return value.map(item => mapped(item, replace))
  if (typeof value !== 'object' || value === null) return value
  const replaced = replace(value as Json)
  if (replaced !== undefined) return replaced
  const entries = Object.entries(value).map(([name, part]) => [name, mapped(part, replace)])
  return Object.fromEntries(entries)
}

function withoutBodies({ responses }: Operation): Json {
  const entries = Object.entries(responses)
  return {
    responses: Object.fromEntries(
      entries.map(([status, { content: _, ...rest }]) => [status, rest])
    ),
  }
}

function renamed(requirement: Json): Json {
  return Object.fromEntries(
    Object.entries(requirement).map(([name, scopes]) => [ourName(name), scopes])
  )
}

function ourName(name: string): string {
  return `Sysmon${capital(name)}`
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
