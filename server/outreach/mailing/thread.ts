// The worker thread that writes and signs mails and hands them over; its libraries make much that is soon forgotten, in a heap of its own.
import { parentPort } from 'node:worker_threads';
import '../../kernel/node20.ts';
import { type Line, openLine } from '../deliver.ts';
import type { MailingAnswer, MailingQuestion } from './messages.ts';

const port = parentPort!;
const lines = new Map<number, Line>();

port.on('message', async (question: MailingQuestion) => {
  const { ask, line } = question;
  if (ask === 'open') lines.set(line, openLine(question.server));
  else if (ask === 'close') {
    lines.get(line)?.close();
    lines.delete(line);
  } else port.postMessage({ line, outcome: await lines.get(line)!.deliver(question.mail) } satisfies MailingAnswer);
});
