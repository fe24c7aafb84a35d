import { foldHeader } from '../../../formats/table/header.ts';

/** What a column of reviews says. `thumb`: liked or not, in place of stars. */
export type ReviewField =
  | 'id'
  | 'author'
  | 'rating'
  | 'thumb'
  | 'title'
  | 'text'
  | 'date'
  | 'millis'
  | 'reply'
  | 'replyDate'
  | 'replyMillis'
  | 'url';

/**
 * Headers of exports (Google Play Console, App Store by its readers, Trustpilot Business, scrapers of each) and of tables that people
 * keep, in French and English, folded. Of two columns for one thing the word that stands first here counts.
 */
const words: Record<ReviewField, string> = {
  id: 'review id|reviewid|id avis|identifiant|reference id|id',
  author:
    'author|reviewer|reviewer name|consumer name|consumer|user name|username|user|nickname|author name|customer|customer name|display name|auteur|nom|pseudo|utilisateur|client|nom du client|name|from',
  rating:
    'star rating|review stars|rating|stars|review rating|score|note|note sur 5|etoiles|nombre d etoiles|evaluation|appreciation|notation',
  thumb: 'pouce leve|pouce|recommended|recommends|recommande|thumb|thumbs up|liked|sentiment positif',
  title: 'review title|title|titre|titre de l avis|subject|objet',
  text: 'review text|review content|review body|review|comment|comments|content|text|body|avis|commentaire|commentaires|texte|contenu|message|feedback|temoignage',
  date: 'review last update date and time|review created utc|review created|review date|published date|date published|date de publication|review submit date and time|date of review|date de l avis|created at|created|submitted at|posted at|date|at|publie le|le',
  millis: 'review last update millis since epoch|review submit millis since epoch',
  reply:
    'developer reply text|developer response|company reply|owner response|business response|response from the owner|reply|reply content|reply text|response|reponse|reponse du proprietaire|reponse de l entreprise|notre reponse',
  replyDate:
    'developer reply date and time|company reply date utc|company reply date|reply date|replied at|response date|date de reponse|date de la reponse',
  replyMillis: 'developer reply millis since epoch',
  url: 'review link|review url|link|url|lien',
};

const known = new Map<string, { field: ReviewField; rank: number }>(
  Object.entries(words).flatMap(([field, headers]) =>
    headers
      .split('|')
      .map((header, rank): [string, { field: ReviewField; rank: number }] => [
        header,
        { field: field as ReviewField, rank },
      ]),
  ),
);

/** Where each field stands in a row; a table without words or stars holds no reviews: null. */
export function findColumns(header: readonly string[]): Map<ReviewField, number> | null {
  const found = new Map<ReviewField, { column: number; rank: number }>();
  for (const [column, name] of header.entries()) {
    const match = known.get(foldHeader(name));
    const before = match && found.get(match.field);
    if (match && (!before || match.rank < before.rank)) found.set(match.field, { column, rank: match.rank });
  }
  if (!found.has('text') && !found.has('rating') && !found.has('thumb')) return null;
  if (found.size < 2) return null;
  return new Map([...found].map(([field, { column }]) => [field, column]));
}
