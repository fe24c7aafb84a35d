// Whether a person opened a mail or followed its link, or a machine did. Whatever is doubtful does not count: numbers are too low rather than too high.

/** Something that was seen of a message. */
export interface Sight {
  /** 0: its picture was shown; else which link was followed. */
  linkNo: number;
  at: Date;
  /** It called itself a program. */
  named: boolean;
}

/**
 * Programs that say so: scanners of mail (they follow each link before it is delivered, or ahead of the reader), previews of messengers, crawlers, and
 * libraries. Apple's Mail Privacy Protection (2021) loads every picture ahead by itself and calls itself `Mozilla/5.0` and nothing more.
 */
const programs =
  /bot\b|crawl|spider|scan|preview|proofpoint|mimecast|barracuda|safelinks|fortimail|trendmicro|symantec|messagelabs|avanan|checkpoint|urldefense|slurp|headless|curl\/|wget|python|go-http-client|java\/|okhttp|axios|node-fetch|undici|libwww|httpclient|powershell|^mozilla\/5\.0$|^$/i;

/** Whether a program says that it is one. @param userAgent RFC 9110, 10.1.5 */
export const isProgram = (userAgent: string | undefined): boolean => programs.test((userAgent ?? '').trim());

/** Milliseconds after a mail has left in which nobody has read it yet: gateways look at it then. */
export const tooSoon = 10_000;
/** Milliseconds within which nobody follows two links. */
export const together = 2_000;

/**
 * Which of the sights of one message count: none by a program that says so, none within some seconds of its leaving, and no link that is followed with
 * another one at once, as gateways do which follow all (M3AAWG, Sender Best Common Practices, 2015, and what Microsoft writes of Safe Links).
 * @param leftAt when the mail server had taken it; null: it is not known yet, so that it is only now leaving
 */
export function counting(sights: readonly Sight[], leftAt: Date | null): boolean[] {
  return sights.map(({ linkNo, at, named }) => {
    if (named || leftAt === null || at.getTime() - leftAt.getTime() < tooSoon) return false;
    if (linkNo === 0) return true;
    return !sights.some(
      (other) => other.linkNo > 0 && other.linkNo !== linkNo && Math.abs(other.at.getTime() - at.getTime()) <= together,
    );
  });
}
