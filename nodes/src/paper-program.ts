import { answerTasks } from './papers/rendering/answering.ts';

/** Entry of the process that draws papers: it has no settings, no keys and no connection. */
answerTasks();
