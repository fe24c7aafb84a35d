import type { Topic } from './topics.ts';

const topic = (id: string, fr: string, en: string, words: string, parent?: string): Topic => ({
  id,
  name: { fr, en },
  words: words.split(',').map((word) => word.trim()),
  ...(parent && { parent }),
});

/**
 * The topics a workspace begins with; a company edits its own copy. Words are whole words or phrases, in either language; `*` at the end of
 * a word stands for any ending.
 */
export const DEFAULT_TOPICS: readonly Topic[] = [
  topic(
    'contact',
    'Qualité du contact',
    'Contact quality',
    'service client, customer service, accueil, conseill*, interlocut*, rude, impoli*, aimable, désagréable, friendly, helpful, unhelpful, staff, agent, agents, à l’écoute, professional, professionnel*, hung up, raccroché, attitude, hotline, hot line, support',
  ),
  topic(
    'answering',
    'Délai de réponse',
    'Time to answer',
    'no answer, no reply, no response, nobody answers, on hold, never called back, waiting for an answer, sans réponse, aucune réponse, pas de réponse, injoignable, ne répond*, rappel*, relance*, réactivité, réactif*, réactiv*, call back, hold for, get through',
    'contact',
  ),
  topic(
    'product',
    'Produit',
    'Product',
    'product, products, produit, produits, quality, qualité, defect*, défectueu*, feature, features, fonctionnalité*, fonction, fonctions, material, matériel, article, articles, broken on arrival, non conforme, précis*, accurate, accuracy',
  ),
  topic(
    'delivery',
    'Livraison et délais',
    'Delivery and delays',
    'deliver*, livr*, shipping, shipped, shipment, colis, parcel, package, courier, transporteur, late, delay*, retard*, cancel*, annul*, never arrived, jamais arrivé*, lost, perdu*, expédi*, on time, à temps, dans les temps',
  ),
  topic(
    'price',
    'Prix',
    'Price',
    'price, prices, pricing, prix, cher, chère, chers, expensive, cheap*, cost, costs, coût*, tarif*, gratuit*, free of charge, discount*, remise*, promo*, value for money, rapport qualité prix, overpriced, hors de prix',
  ),
  topic(
    'billing',
    'Facturation et remboursement',
    'Billing and refunds',
    'invoice*, bill, billed, billing, charge, charged, charges, fee, fees, refund*, rembours*, factur*, prélev*, paiement*, payment*, paid twice, double paiement, credit card, carte bancaire, overcharg*, avoir, voucher*, reçu, receipt*, devis, quote',
  ),
  topic(
    'contract',
    'Contrat et abonnement',
    'Contract and subscription',
    'contract*, contrat*, abonnement*, subscription*, subscri*, résili*, unsubscribe, renewal, renouvel*, engagement, conditions, warranty, garantie*, attestation*, sinistre*',
  ),
  topic(
    'usability',
    'Facilité d’usage',
    'Usability',
    'easy to use, hard to use, facile, faciles, simple, intuiti*, complicated, compliqué*, confusing, confus*, ergonom*, interface*, clunky, user friendly, userfriendly, convivial*, lisib*, pratique, difficult to use, menu, menus, navigation, prise en main',
  ),
  topic(
    'bugs',
    'Pannes et défauts',
    'Availability and bugs',
    'bug*, beug*, crash*, plant*, error*, erreur*, broken, en panne, panne*, doesn’t work, does not work, not working, stopped working, won’t open, ne fonctionne p*, ne marche p*, fonctionne p*, marche p*, down, freez*, connexion*, connection*, connect, disconnect*, déconnect*, synchro*, sync*, lent, lente, slow, lag*, rame, impossible de, update, mise à jour, mises à jour, désinstall*, uninstall*',
  ),
  topic(
    'afterSales',
    'Service après-vente',
    'After-sales',
    'sav, after-sales, aftersales, service après-vente, après vente, repair*, répar*, return, returned, retour*, replac*, remplac*, échang*, exchange*, spare part*, pièce détachée, technician*, technicien*, intervention*',
  ),
  topic(
    'website',
    'Site et espace client',
    'Website and account',
    'website*, web site, site, site web, site internet, webpage, login, log in, password*, mot de passe, account, compte, checkout, online, en ligne, page, pages, formulaire*, web form, espace client',
  ),
  topic(
    'message',
    'Notre message et notre image',
    'Our message and image',
    'advert*, ads, ad, publicité*, pub, pubs, campaign*, campagne*, commercial, commercials, brand, brands, marque, marques, image, slogan, newsletter*, reputation, réputation, ecolog*, écolog*, demo, démonstration*, présentation*, communication, spam',
  ),
  topic(
    'competition',
    'Concurrence',
    'Competition',
    'competit*, concurren*, switch to, switching to, changer de fournisseur, other supplier, another company, autre fournisseur, elsewhere, ailleurs, better than, mieux que, moins bien que, compared to, comparé à, rival*',
  ),
];
