/** Small changes to a piece of code, each of which a test should notice: mutants. */

import ts from 'typescript'

export interface Mutant {
  /** Where the code is changed, in characters. */
  readonly start: number
  readonly end: number
  readonly replacement: string
}

const SWAPPED: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [ts.SyntaxKind.LessThanToken, ['<=', '>=']],
  [ts.SyntaxKind.LessThanEqualsToken, ['<', '>']],
  [ts.SyntaxKind.GreaterThanToken, ['>=', '<=']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['>', '<']],
  [ts.SyntaxKind.PlusToken, ['-']],
  [ts.SyntaxKind.MinusToken, ['+']],
  [ts.SyntaxKind.AsteriskToken, ['/']],
  [ts.SyntaxKind.SlashToken, ['*']],
  [ts.SyntaxKind.PercentToken, ['*']],
  [ts.SyntaxKind.AmpersandToken, ['|']],
  [ts.SyntaxKind.BarToken, ['&']],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, ['<<']],
  [ts.SyntaxKind.LessThanLessThanToken, ['>>']],
  [ts.SyntaxKind.AmpersandAmpersandToken, ['||']],
  [ts.SyntaxKind.BarBarToken, ['&&']],
  [ts.SyntaxKind.QuestionQuestionToken, ['&&']],
  [ts.SyntaxKind.PlusEqualsToken, ['-=', '=']],
  [ts.SyntaxKind.MinusEqualsToken, ['+=', '=']],
  [ts.SyntaxKind.QuestionQuestionEqualsToken, ['=']],
  [ts.SyntaxKind.PlusPlusToken, ['--']],
  [ts.SyntaxKind.MinusMinusToken, ['++']],
])

/** Of a call to one of these a piece of text is a constant of the domain, not a message. */
const TEXT_TAKERS = /^(?:includes|startsWith|endsWith|indexOf|lastIndexOf|split|has|get)$/

/** @param code JavaScript @returns its mutants, in the order of their places */
export function mutantsOf(code: string): Mutant[] {
  const file = ts.createSourceFile('code.js', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const mutants: Mutant[] = []
  const replace = (node: ts.Node, ...replacements: readonly string[]): void => {
    for (const replacement of replacements) {
      mutants.push({ start: node.getStart(file), end: node.end, replacement })
    }
  }

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
    if (ts.isBinaryExpression(node)) {
      replace(node.operatorToken, ...(SWAPPED.get(node.operatorToken.kind) ?? []))
    } else if (ts.isPrefixUnaryExpression(node)) {
      const { operator, operand } = node
      if (operator === ts.SyntaxKind.ExclamationToken || operator === ts.SyntaxKind.MinusToken) {
        replace(node, operand.getText(file))
      }
    } else if (ts.isPostfixUnaryExpression(node)) {
      const operand = node.operand.getText(file)
      for (const operator of SWAPPED.get(node.operator) ?? []) replace(node, operand + operator)
    } else if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
      const condition = ts.isIfStatement(node) ? node.expression : node.condition
      replace(condition, 'true', 'false')
    } else if (ts.isWhileStatement(node)) {
      replace(node.expression, 'false')
    } else if (ts.isForStatement(node) && node.condition !== undefined) {
      replace(node.condition, 'false')
    } else if (ts.isForOfStatement(node)) {
      replace(node.expression, '[]')
    } else if (ts.isNumericLiteral(node)) {
      // A bound of a thousand and one is no other bound.
      replace(node, Number(node.text) < 100 ? `(${node.text} + 1)` : `(${node.text} * 10)`)
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) {
      replace(node, 'false')
    } else if (node.kind === ts.SyntaxKind.FalseKeyword) {
      replace(node, 'true')
    } else if (ts.isRegularExpressionLiteral(node)) {
      for (const pattern of mutatedPatterns(node.text)) replace(node, pattern)
    } else if (ts.isStringLiteral(node) && isDomainText(node)) {
      replace(node, "'#'")
    } else if (isRemovable(node)) {
      replace(node, ';')
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return mutants.sort((a, b) => a.start - b.start || a.end - b.end)
}

/** A statement that can be left out; a declaration cannot, and `super()` must be there. */
function isRemovable(node: ts.Node): boolean {
  if (ts.isExpressionStatement(node)) {
    const { expression } = node
    return !(
      ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword
    )
  }
  return (
    ts.isThrowStatement(node) ||
    ts.isReturnStatement(node) ||
    ts.isBreakStatement(node) ||
    ts.isContinueStatement(node)
  )
}

function isDomainText(node: ts.StringLiteral): boolean {
  const { parent } = node
  if (ts.isCaseClause(parent)) return true
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken
    return (
      kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
      kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
    )
  }
  return (
    ts.isCallExpression(parent) &&
    ts.isPropertyAccessExpression(parent.expression) &&
    TEXT_TAKERS.test(parent.expression.name.text)
  )
}

/** A regular expression with one anchor less, one quantifier or one class changed. */
function mutatedPatterns(literal: string): string[] {
  const end = literal.lastIndexOf('/')
  const body = literal.slice(1, end)
  const flags = literal.slice(end)
  const found: string[] = []
  const change = (at: number, length: number, to: string): void => {
    found.push(`/${body.slice(0, at)}${to}${body.slice(at + length)}${flags}`)
  }
  let isClass = false
  for (let at = 0; at < body.length; at++) {
    const character = body[at]
    if (character === '\\') {
      if (body[at + 1] === 'd') change(at, 2, '\\D')
      if (body[at + 1] === 's') change(at, 2, '\\S')
      at++
    } else if (character === '[') {
      isClass = true
      if (body[at + 1] === '^') change(at + 1, 1, '')
    } else if (character === ']') {
      isClass = false
    } else if (isClass) {
    } else if (character === '^' || character === '$') {
      change(at, 1, '')
    } else if (character === '+') {
      change(at, 1, '')
    } else if (character === '*') {
      change(at, 1, '+')
    } else if (character === '?' && body[at - 1] !== '(') {
      change(at, 1, '')
    }
  }
  return found.filter(pattern => {
    try {
      new RegExp(pattern.slice(1, pattern.lastIndexOf('/')), flags.slice(1))
      return true
    } catch {
      return false
    }
  })
}
