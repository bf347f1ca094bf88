/** As in `nodes.menu.prompts[1]`. */
export const pathOf = (parts: readonly PropertyKey[]): string =>
  parts
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
