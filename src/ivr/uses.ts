import { saidAt } from './check.ts'
import type { Flow, Prompt } from './flow.ts'

/** Whether a flow says this by name. */
export const says = (flow: Flow, prompt: Prompt): boolean =>
  Object.entries(flow.nodes).some(named => saidAt(named).some(({ prompts }) => prompts.includes(prompt)))
