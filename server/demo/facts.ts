import type { ToldFact } from '../facts/index.ts';
import { random } from './random.ts';

const dayMs = 86_400_000;

const products = ['Maintenance annuelle', 'Formation', 'Licence', 'Pièces détachées', 'Conseil', 'Installation'];
const subjects = ['Livraison en retard', 'Question sur une facture', 'Panne', 'Demande de devis', 'Accès perdu'];
const pages = ['', 'produits', 'tarifs', 'contact', 'blog/rentree', 'produits/maintenance'];
const gatherings = ['Salon des solutions', 'Petit déjeuner clients', 'Webinaire de printemps'];

/**
 * What happened to customers within the last year: some buy again and again, some once, some only look around; whoever buys asks for help now and
 * then. Half of them agreed to being followed on the site.
 * @param pointIds of their e-mail addresses, in an order that stays
 */
export function factsOf(pointIds: readonly string[], now: Date): ToldFact[] {
  return pointIds.flatMap((subjectId, no) => {
    const r = random(no + 1);
    const made: ToldFact[] = [];
    const tell = (kind: string, more: Partial<ToldFact>) =>
      made.push({
        ...{ externalId: `${no} ${made.length}`, kind, subjectId },
        at: new Date(now.getTime() - r.below(360) * dayMs - r.below(10) * 3_600_000),
        ...more,
      });
    const orders = no % 5 === 0 ? 3 + r.below(5) : no % 5 === 1 ? 1 : 0;
    for (let at = 0; at < orders; at++) {
      const amount = { value: (20 + r.below(900)) * 5, currency: 'EUR' };
      tell('order', {
        amount,
        props: { number: `C${no}-${at + 1}`, items: 1 + r.below(4), product: r.pick(products) },
      });
    }
    if (orders > 0 && r.below(3) === 0)
      tell('ticket', { props: { number: `T${no}`, subject: r.pick(subjects), status: r.pick(['open', 'closed']) } });
    if (r.below(6) === 0) tell('attendance', { props: { event: r.pick(gatherings) } });
    if (no % 2 === 0)
      for (let at = r.below(6); at > 0; at--)
        tell('visit', { consent: true, props: { page: `https://www.exemple.example/${r.pick(pages)}` } });
    return made;
  });
}
