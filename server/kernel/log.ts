/** Lines for operators. Fields are ids, codes, counts: never personal data. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * An error as it may be logged: its class, code and stack. The message is left out, because messages of libraries and of the
 * database quote values ("invalid input syntax … »Marie«").
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, constraint, table } = error as Error & { code?: string; constraint?: string; table?: string };
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8);
  return {
    error: error.name,
    ...(code ? { code } : {}),
    ...(constraint ? { constraint } : {}),
    ...(table ? { table } : {}),
    stack: frames.map((frame) => frame.trim()),
  };
}

export function openLog(write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  const line = (level: string, message: string, fields: Record<string, unknown> = {}) => {
    const { error, ...rest } = fields;
    write(
      `${JSON.stringify({ at: new Date().toISOString(), level, message, ...rest, ...(error === undefined ? {} : describeError(error)) })}\n`,
    );
  };
  return {
    info: (message, fields) => line('info', message, fields),
    error: (message, fields) => line('error', message, fields),
  };
}
