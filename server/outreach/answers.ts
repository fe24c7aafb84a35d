/** What a conversation with a mail server came to. `answer` is a stage, with the reply's code where there is one ("recipient 550 5.1.1"). */
export type Outcome = { state: 'sent' } | { state: 'failed' | 'later' | 'in_doubt'; answer: string };

/** What the mail library says of a failure. */
export interface Failure {
  /** Of the library: EAUTH, ETLS… */
  code?: string | undefined;
  /** The command that was answered: "MAIL FROM", "RCPT TO", "DATA"… */
  command?: string | undefined;
  /** The reply's three digits (RFC 5321, 4.2), and with the enhanced ones (RFC 3463) where the server gives them. */
  replyCode?: number | undefined;
  enhanced?: string | undefined;
  certificate: boolean;
  /** The server had said that it takes the content (354). */
  handedOver: boolean;
}

const stages: Record<string, string> = { 'MAIL FROM': 'sender', 'RCPT TO': 'recipient', DATA: 'content' };
const withoutReply: Record<string, string> = { ETLS: 'tls', EDNS: 'dns', ETIMEDOUT: 'timeout' };

/**
 * Whether to try again. Replies of 5xx to the message are final (RFC 5321, 4.2.1); what stands in the way of all messages (the
 * password, the certificate, the connection) is not this one's fault. Without an answer once the content was handed over nobody
 * knows whether it arrived.
 */
export function judgeFailure(failure: Failure): Exclude<Outcome, { state: 'sent' }> {
  const { code, command = '', replyCode, enhanced, handedOver } = failure;
  const reply = replyCode ? ` ${replyCode}${enhanced ? ` ${enhanced}` : ''}` : '';
  if (handedOver && !replyCode) return { state: 'in_doubt', answer: 'no_answer' };
  if (code === 'EAUTH' || command.startsWith('AUTH')) return { state: 'later', answer: `authentication${reply}` };
  if (failure.certificate) return { state: 'later', answer: 'certificate' };
  const stage = stages[command];
  if (stage && replyCode) return { state: replyCode >= 500 ? 'failed' : 'later', answer: `${stage}${reply}` };
  return { state: 'later', answer: `${withoutReply[code ?? ''] ?? 'connection'}${reply}` };
}

/** Minutes to wait after each attempt that may be repeated; nearly two days in all. */
const pauses = [2, 10, 30, 120, 360, 720, 1440];

/** @param attempts those made so far @returns minutes until the next; null: no more */
export const pauseAfter = (attempts: number): number | null => pauses[attempts - 1] ?? null;

/** Mail may leave unencrypted only within the machine. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

/** Whether the server said that there is no such mailbox (RFC 3463: 5.1.x), not that it does not want us. */
export const isNoSuchMailbox = (answer: string): boolean => /^recipient 55[013]( 5\.1\.\d+)?$/.test(answer);
