/** What customers of the fictional company write, and what is answered. Nothing here names anybody. */

export interface Story {
  english?: boolean;
  subject?: string;
  text: string;
  /** What a member answers; absent: nothing yet. */
  answer?: string;
  /** What members tell each other about it. */
  note?: string;
  /** Stars of five. */
  stars?: number;
}

/** `#` stands for the number of an order. */
const story = (subject: string, text: string, answer?: string, note?: string): Story => ({
  ...{ subject, text },
  ...(answer && { answer }),
  ...(note && { note }),
});
const english = (all: Story[]): Story[] => all.map((one) => ({ ...one, english: true }));

/** Written to the service for customers in the course of the weeks. */
export const toService: Story[] = [
  story(
    'Facture de la commande #',
    'Bonjour, la facture de la commande # ne correspond pas au devis : les frais de port y sont comptés deux fois. Pouvez-vous la corriger ?',
    'Bonjour, vous avez raison, et nous vous prions de nous en excuser. L’avoir est parti ce matin, il apparaîtra sur votre prochain relevé.',
    'Avoir saisi dans l’ERP, à vérifier en fin de mois.',
  ),
  story(
    'Technicien',
    'Bonjour, un grand merci à votre technicien : intervention rapide et soignée, la machine tourne de nouveau. Nous sommes très satisfaits.',
    'Merci pour votre message, il est transmis à toute l’équipe !',
  ),
  story(
    'Pompe en panne',
    'La pompe livrée avec la commande # est en panne depuis hier, l’atelier est à l’arrêt. C’est inadmissible pour du matériel neuf.',
    'Nous comprenons l’urgence. Un technicien passe demain à 8 h, il vous appellera en route.',
    'Sous garantie. Le numéro de série est sur la photo du bon.',
  ),
  story(
    'Renouvellement du contrat',
    'Bonjour, notre contrat de maintenance arrive à échéance. Quelles sont les conditions du renouvellement ?',
    'Bonjour, vous trouverez les conditions dans votre espace client ; je vous appelle jeudi pour en parler.',
    'Bon client, prévoir la remise de fidélité.',
  ),
  story(
    'Tarifs',
    'Vos tarifs ont encore augmenté de 12 %. C’est bien trop cher, nous sommes très déçus.',
    'Bonjour, je comprends votre réaction. La hausse suit celle des matières premières ; voyons ensemble ce que nous pouvons faire.',
    'Risque de départ : en parler à la direction.',
  ),
  story(
    'Rappel',
    'Troisième message, toujours aucune réponse. Personne ne répond au téléphone non plus, c’est pénible.',
  ),
  story(
    'Espace client',
    'Impossible de me connecter à l’espace client, mon mot de passe est refusé.',
    'Bonjour, votre compte est débloqué. Vous pouvez choisir un nouveau mot de passe depuis la page de connexion.',
  ),
  story(
    'Pièce détachée',
    'Bonjour, nous cherchons un joint pour un compresseur de 2014. L’avez-vous encore ?',
    'Bonjour, oui, il en reste trois à Lyon. Je vous en réserve un ?',
  ),
  story('Formation', 'Bonjour, proposez-vous une formation pour nos nouveaux opérateurs au printemps ?'),
  story(
    'Remboursement',
    'J’attends le remboursement de la commande # depuis six semaines. Je suis très mécontent, c’est scandaleux.',
    'Bonjour, le virement est parti aujourd’hui. Je suis désolé de cette attente.',
    'Retard de notre fait : la demande était restée sans suite.',
  ),
  story(
    'Merci',
    'Un mot pour vous dire que l’accueil de vos conseillers est toujours aussi aimable. Excellent service !',
    'Votre message nous touche, merci !',
  ),
  ...english([
    story(
      'Invoice #',
      'Hello, we were charged twice for order #. Please refund the second payment.',
      'Hello, you are right, and we are sorry. The refund was sent today.',
    ),
    story(
      'Spare parts',
      'Hello, could you send a quote for the spare parts of two compressors?',
      'Hello, the quote is attached to your account. It holds for thirty days.',
    ),
    story('Great work', 'The technician was on time and very helpful. Excellent work, thank you!', 'Thank you!'),
    story('Broken valve', 'The valve of order # is broken and nobody answers the phone. I am very disappointed.'),
  ]),
];

/** What was written of late deliveries: some weeks ago now and then, and many times on one day. */
export const lateDeliveries: Story[] = [
  story(
    'Commande #',
    'Bonjour, la commande # devait être livrée lundi et n’est jamais arrivée. Ce retard est inadmissible.',
    undefined,
    'Encore le dépôt de Saint-Priest. Je demande où en est le camion.',
  ),
  story(
    'Livraison',
    'Toujours pas de livraison, et le transporteur ne sait rien. Nous sommes très déçus.',
    'Bonjour, votre colis est retrouvé : il vous sera livré demain avant midi. Veuillez nous excuser de ce retard.',
  ),
  story('Colis perdu ?', 'Le colis de la commande # est annoncé « en cours » depuis neuf jours. C’est lamentable.'),
  story('Retard', 'Deuxième retard de livraison ce mois-ci, nos équipes attendent les pièces. C’est inacceptable.'),
  story(
    'Commande #',
    'La livraison de la commande # a été annulée sans un mot. Très mauvaise surprise, je suis furieux.',
    'Bonjour, elle est reprogrammée à jeudi matin. Toutes nos excuses.',
    'À suivre : troisième annulation du même transporteur.',
  ),
  story('Où est ma commande ?', 'Livraison en retard, aucune nouvelle, chantier bloqué. Je suis très mécontent.'),
  ...english([
    story('Order #', 'Order # never arrived, the delivery is late and I am very disappointed.'),
    story('Late again', 'The parcel is late again and the courier is terrible. This is unacceptable.'),
  ]),
  story('Transporteur', 'Votre transporteur a livré la commande # avec huit jours de retard, c’est une honte.'),
  story(
    'Commande #',
    'Les pièces de la commande # sont arrivées en retard et le colis était abîmé. Nous sommes très déçus.',
    'Bonjour, nous vous renvoyons les pièces aujourd’hui même.',
  ),
  story(
    'Délais',
    'La livraison promise sous 48 h a pris deux semaines. C’est très décevant.',
    'Bonjour, vous avez raison de nous le dire. Nous en parlons avec le transporteur.',
  ),
  ...english([
    story(
      'Delay',
      'The delivery was delayed twice, a terrible experience.',
      'We are sorry for this delay and have asked the courier for an explanation.',
    ),
  ]),
];

/** Written in the window of the site. */
export const onSite: Story[] = [
  { text: 'Bonjour, livrez-vous en Corse ?', answer: 'Bonjour, oui, en quatre jours ouvrés.' },
  { text: 'Le formulaire de devis affiche une erreur, impossible de l’envoyer.', answer: 'C’est réparé, merci !' },
  { text: 'Avez-vous un catalogue à télécharger ?', answer: 'Bien sûr : il est au bas de la page « Produits ».' },
  { text: 'Votre site est très pratique, on trouve tout facilement. Bravo !', answer: 'Merci beaucoup !' },
  { text: 'La page des tarifs est incompréhensible, c’est trop compliqué.' },
  { text: 'Peut-on payer par virement ?', answer: 'Oui, à trente jours pour les clients en compte.' },
  { text: 'Quel est le délai pour un entretien de chaudière ?' },
  { text: 'Do you work in Belgium?', english: true, answer: 'Yes, with a partner in Namur.' },
  { text: 'The login page does not work on my phone, it is awful.', english: true },
  { text: 'Je voudrais être rappelé au sujet d’un contrat d’entretien.', note: 'Prospect sérieux, 3 sites.' },
  { text: 'Is there an English manual for the new pump?', english: true, answer: 'Yes, we will mail it to you.' },
  { text: 'Vendez-vous aux particuliers ?', answer: 'Non, seulement aux entreprises et aux collectivités.' },
  { text: 'Merci pour la réponse si rapide, c’est parfait !' },
];

/** Read on the sites where customers judge. */
export const judged: Story[] = [
  { stars: 5, text: 'Équipe réactive, intervention impeccable. Je recommande !' },
  { stars: 2, text: 'Bon matériel, mais la livraison est toujours en retard.' },
  { stars: 4, text: 'Très bon service, un peu cher.' },
  { stars: 1, text: 'Injoignable. Aucune réponse à mes trois messages, je suis très déçu.' },
  { stars: 5, english: true, text: 'Friendly staff and great work, highly recommended.' },
  { stars: 3, text: 'Correct, sans plus. Le devis a mis du temps.' },
  { stars: 5, text: 'Dépannage le jour même, merci !' },
  { stars: 2, english: true, text: 'The product is good but the website is confusing.' },
  { stars: 4, text: 'Techniciens sérieux et aimables.' },
  { stars: 1, text: 'Mieux vaut aller chez un concurrent : trop cher et peu fiable.' },
];

/** Marks of ten, and why. */
export const recommended: readonly (readonly [score: number, why: string])[] = [
  [10, 'Une équipe disponible et des techniciens compétents.'],
  [9, 'Très bon suivi de nos machines.'],
  [3, 'Les livraisons sont en retard une fois sur deux, c’est très décevant.'],
  [8, ''],
  [10, 'Dépannage le jour même, excellent !'],
  [6, 'Bon service, mais trop cher.'],
  [9, 'Friendly people, great service.'],
  [7, 'Il manque une application mobile.'],
  [2, 'Aucune réponse à mes messages, je suis très mécontent.'],
  [9, ''],
  [10, 'Partenaire fiable depuis dix ans.'],
  [5, 'Le site est compliqué.'],
];

export const ideas = [
  {
    title: 'Suivre la livraison sur une carte',
    text: 'Voir où est le camion et à quelle heure il arrive : nous pourrions prévoir quelqu’un pour le recevoir.',
    votes: 6,
  },
  {
    title: 'Un carnet d’entretien par machine',
    text: 'Toutes les interventions d’une machine au même endroit, avec les pièces changées.',
    votes: 4,
  },
  { title: 'Order spare parts from a photo', text: 'Take a photo of the plate and get the right part.', votes: 3 },
  { title: 'Des rendez-vous le samedi', text: 'L’atelier est vide le samedi matin, ce serait idéal.', votes: 1 },
] as const;
