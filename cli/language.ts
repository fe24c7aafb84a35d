/** The language the environment asks for (POSIX, Environment Variables, 8.2); undefined when it asks for none. */
export function language(): string | undefined {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return LC_ALL || LC_MESSAGES || LANG;
}
