import { tellStories } from './tell.ts'

tellStories('odd')
