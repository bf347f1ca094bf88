import { Program } from '../program.ts'
import type { World } from './world.ts'

/** What `hotline …` prints to a person on another machine, who has this folder and the world's database; rejects where it refuses. */
export async function hotline(world: World, folder: string, words: string): Promise<string> {
  const { connectionString } = world.knex.client.config.connection
  const { recordingsFolder: HOTLINE_RECORDINGS } = world.config
  const settings = { ...process.env, DATABASE_URL: connectionString, HOTLINE_FOLDER: folder, HOTLINE_RECORDINGS }
  const program = new Program(`node bin/hotline.js ${words}`, settings)
  if ((await program.ended) !== 0) throw new Error(program.output)
  return program.output
}
