// The OpenAPI document as a page for people: HTML and one style, no script, nothing from another host.

import { Marked } from 'marked'

const marked = new Marked({ gfm: true })
const METHODS = ['get', 'put', 'post', 'patch', 'delete']

/** @param {object} document @param {string} css @returns {string} */
export function docsPage(document, css) {
  const { info, tags, paths, components } = document
  const page = new Page(document)
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter(method => item[method]).map(method => ({ path, method, ...item[method] }))
  )
  const ofTag = ({ name }) => operations.filter(operation => operation.tags?.[0] === name)
  const links = tags.map(tag => {
    const items = ofTag(tag).map(
      ({ operationId, method, path }) =>
        `<li><a href="#${operationId}"><span class="method">${method.toUpperCase()}</span> ${escaped(path)}</a></li>`
    )
    return `<h2>${escaped(capital(tag.name))}</h2><ul>${items.join('')}</ul>`
  })
  const schemas = Object.keys(components.schemas)
  const schemaLinks = schemas.map(name => `<li><a href="#${name}">${name}</a></li>`)
  const sections = tags.map(
    tag =>
      `<section><h2>${escaped(capital(tag.name))}</h2>${markdown(tag.description)}${ofTag(tag)
        .map(operation => page.operation(operation))
        .join('')}</section>`
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escaped(info.summary)}">
<title>${escaped(info.title)}: API</title>
<link rel="icon" href="data:,">
<style>${css}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<nav aria-label="Contents">${links.join('')}<h2>Schemas</h2><details><summary>${schemas.length} schemas</summary><ul>${schemaLinks.join('')}</ul></details></nav>
<main id="content">
<h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1>
<p><a href="../spec.json">spec.json</a> and <a href="../spec.yaml">spec.yaml</a> are this document for programs.</p>
${markdown(info.description)}
${sections.join('\n')}
<section><h2>Schemas</h2>
${schemas.map(name => page.component(name)).join('\n')}
</section>
</main>
</body>
</html>
`
}

class Page {
  #document

  constructor(document) {
    this.#document = document
  }

  operation(operation) {
    const { operationId, method, path, summary, description, requestBody, responses } = operation
    const parameters = (operation.parameters ?? []).map(one => this.#resolve(one))
    return `<article id="${operationId}">
<h3><span class="method">${method.toUpperCase()}</span> <code>${escaped(path)}</code></h3>
<p class="summary">${escaped(summary ?? '')}</p>
${markdown(description)}
${parameters.length === 0 ? '' : this.#parameters(parameters)}
${requestBody === undefined ? '' : `<h4>Request body</h4>${this.#content(this.#resolve(requestBody))}`}
<h4>Responses</h4>
<dl>${Object.entries(responses)
      .map(([status, response]) => this.#response(status, this.#resolve(response)))
      .join('')}</dl>
</article>`
  }

  component(name) {
    const schema = this.#document.components.schemas[name]
    return `<article id="${name}"><h3>${name}</h3>${markdown(schema.description)}${this.#schema(schema)}${this.#examples(
      schema.examples ?? []
    )}</article>`
  }

  #parameters(parameters) {
    const rows = parameters.map(({ name, in: where, required, description, schema }) => [
      `<code>${escaped(name)}</code>${required ? ' <em>required</em>' : ''}`,
      where,
      this.#type(schema),
      markdown(description),
    ])
    return `<h4>Parameters</h4>${table(['Name', 'In', 'Type', 'Meaning'], rows)}`
  }

  #response(status, { description, headers = {}, content }) {
    const named = Object.entries(headers).map(([name, header]) => [
      `<code>${escaped(name)}</code>`,
      markdown(this.#resolve(header).description),
    ])
    const list = named.length === 0 ? '' : table(['Header', 'Meaning'], named)
    return `<dt>${status}</dt><dd>${markdown(description)}${list}${this.#content({ content })}</dd>`
  }

  #content({ content = {} }) {
    return Object.entries(content)
      .map(([type, { schema, examples = {} }]) => {
        const values = Object.values(examples).map(example => {
          const { summary, value } = this.#resolve(example)
          return { summary, value }
        })
        const described = schema.$ref === undefined ? this.#schema(schema) : ''
        return `<p><code>${escaped(type)}</code>: ${this.#type(schema)}</p>${described}${this.#examples(
          values.map(({ value }) => value),
          values.map(({ summary }) => summary)
        )}`
      })
      .join('')
  }

  /** Its properties; nothing where there are none. */
  #schema({ properties, required = [], enum: values }) {
    if (values !== undefined) {
      return `<p>One of ${values.map(value => `<code>${escaped(String(value))}</code>`).join(', ')}.</p>`
    }
    if (properties === undefined) return ''
    const rows = Object.entries(properties).map(([name, schema]) => [
      `<code>${escaped(name)}</code>${required.includes(name) ? ' <em>required</em>' : ''}`,
      this.#type(schema),
      markdown(schema.description),
    ])
    return table(['Field', 'Type', 'Meaning'], rows)
  }

  #type(schema) {
    if (schema === true || schema === undefined) return 'any JSON'
    if (schema.$ref !== undefined) return this.#reference(schema.$ref)
    if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`
    const alternatives = schema.anyOf ?? schema.oneOf
    if (alternatives !== undefined && schema.properties === undefined) {
      return [...new Set(alternatives.map(one => this.#type(one)))].join(' or ')
    }
    if (schema.allOf !== undefined) return schema.allOf.map(one => this.#type(one)).join(' and ')
    if (schema.enum !== undefined) {
      return schema.enum.map(value => `<code>${escaped(String(value))}</code>`).join(', ')
    }
    const types = [schema.type ?? 'any JSON'].flat().join(' or ')
    if (schema.type === 'array') return `array of ${this.#type(schema.items)}`
    return `${escaped(types)}${bounds(schema)}`
  }

  #reference(ref) {
    const name = ref.split('/').at(-1)
    return ref.startsWith('#/components/schemas/')
      ? `<a href="#${name}">${escaped(name)}</a>`
      : 'any JSON'
  }

  #examples(values, summaries = []) {
    return values
      .map((value, i) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
        const title = summaries[i] === undefined ? 'Example' : `Example: ${summaries[i]}`
        return `<details><summary>${escaped(title)}</summary><pre tabindex="0">${escaped(text)}</pre></details>`
      })
      .join('')
  }

  #resolve(value) {
    if (value.$ref === undefined) return value
    const [, , kind, name] = value.$ref.split('/')
    return this.#document.components[kind][name]
  }
}

function bounds({ minimum, maximum, minLength, maxLength, pattern, default: value }) {
  const limits = []
  // 2^53 - 1 is what every integer may be.
  const isOwn = bound => bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER
  if (isOwn(minimum)) limits.push(`at least ${minimum}`)
  if (isOwn(maximum)) limits.push(`at most ${maximum}`)
  if (minLength !== undefined) limits.push(`from ${minLength} characters`)
  if (maxLength !== undefined) limits.push(`up to ${maxLength} characters`)
  if (pattern !== undefined) limits.push(`<code>${escaped(pattern)}</code>`)
  if (value !== undefined) limits.push(`${escaped(JSON.stringify(value))} if left out`)
  return limits.length === 0 ? '' : `, ${limits.join(', ')}`
}

function table(heads, rows) {
  const head = heads.map(text => `<th scope="col">${text}</th>`).join('')
  const body = rows.map(cells => `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`)
  return `<div class="table" role="region" aria-label="Table" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

function markdown(text) {
  return text === undefined ? '' : marked.parse(text)
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function escaped(text) {
  return text.replace(
    /[&<>"]/g,
    character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]
  )
}
