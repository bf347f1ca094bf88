import { tellStories } from './tell.ts'

tellStories('even')
