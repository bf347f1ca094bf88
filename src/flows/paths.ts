/** As in `nodes.menu.prompts[1]`; a name that would not be seen, or be taken for a path, is in quotes: `nodes["a.b"]`. */
export const pathOf = (parts: readonly PropertyKey[]): string => parts.map(stepOf).join('').replace(/^\./, '')

const stepOf = (part: PropertyKey): string => {
  if (typeof part === 'number') return `[${part}]`
  return /^[\w*#-]+$/.test(String(part)) ? `.${String(part)}` : `[${JSON.stringify(part)}]`
}
