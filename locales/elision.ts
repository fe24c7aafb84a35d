/**
 * French "de" and "que" before what fills a blank: catalogues join them by a tie ("Invitation de‿{who}"), which becomes an apostrophe
 * before a vowel and before h ("d’Anne", "d’Hélène"), else a space. Names in h are taken for mute; y is a vowel before a consonant
 * ("d’Yves", "de Yannick").
 */
export const elide = (text: string): string =>
  text.replaceAll(/e‿(?=(?:[aàâäeéèêëiîïoôöuùûüœæh]|y[^aeiou]))/giu, '’').replaceAll('‿', ' ');
