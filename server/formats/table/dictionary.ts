/**
 * Words of headers, folded (lower case, no accents, punctuation as blanks), and what they mean. Data only.
 *
 * Place words ("bureau", "home") and numbers are taken off before the look-up (header.ts), so that "Ville (bureau)" and
 * "Business City" need no line here. English, French, German, Spanish, Italian.
 */
const WORDS: Record<string, string> = {
  given:
    'first name|firstname|first|given name|givenname|given names|forename|fname|f name|christian name|prenom|prenoms|vorname|nombre de pila|primer nombre|prenom contact|contact first name|prenom du contact|rufname|nome di battesimo',
  additional:
    'middle name|middlename|middle|additional name|additional names|deuxieme prenom|second prenom|autres prenoms|weitere vornamen|zweiter vorname|segundo nombre|secondo nome',
  family:
    'last name|lastname|last|family name|familyname|surname|lname|l name|nom de famille|nom patronymique|nom usuel|nom d usage|nachname|familienname|zuname|apellido|apellidos|primer apellido|cognome|nom contact|nom du contact|contact last name|nom patronyme',
  full: 'full name|fullname|display name|displayname|formatted name|name full|contact name|contact|contact person|person|nom complet|nom et prenom|nom prenom|prenom nom|prenom et nom|nom prenoms|nom et prenoms|noms et prenoms|nom affiche|interlocuteur|participant|attendee|attendee name|participant name|ansprechpartner|vollstandiger name|anzeigename|nombre completo|nombre y apellidos|nome completo|nome e cognome|nominativo|persona de contacto|subscriber name|customer name|nom du participant|file as|dirigeant|representant|nom du dirigeant|label',
  name: 'name|nom|nombre|nome|noms|names',
  prefix:
    'prefix|name prefix|honorific prefix|honorific prefixes|salutation|civilite|civ|anrede|salutacion|tratamiento|appellativo|courtesy title|titre de civilite|name title|mr mrs|mme m|politesse|titel',
  suffix: 'suffix|name suffix|honorific suffix|honorific suffixes|suffixe|namenszusatz|sufijo|suffisso',
  nickname: 'nickname|nick name|nick|surnom|pseudo|pseudonyme|alias|spitzname|apodo|soprannome|short name|screen name',
  email:
    'email|e mail|mail|emails|e mails|mails|email address|e mail address|mail address|email addresses|e mail addresses|email adress|adresse email|adresse e mail|adresse mail|adresses email|adresses e mail|adresse de messagerie|adresse electronique|courriel|courrier electronique|mel|messagerie|e mail adresse|email adresse|mailadresse|correo|correo electronico|direccion de correo|direccion de correo electronico|posta elettronica|indirizzo email|indirizzo e mail|email id|mail pro|primary email|secondary email|email value|e mail value|email contact|mail contact|contact email|email du contact|mail du contact|user email|email principal|email secondaire|alternate email|subscriber email|customer email|work email address',
  phone:
    'phone|phones|phone number|phone numbers|telephone|telephones|telephone number|tel|tel number|tel nr|tel no|phone no|no de telephone|n de telephone|numero de telephone|numero telephone|numero de tel|n tel|no tel|num tel|num telephone|telefon|telefonnummer|rufnummer|telefono|numero de telefono|numero di telefono|phone value|contact number|contact phone|tel contact|telephone contact|telephone du contact|primary phone|secondary phone|phone primary|telephone principal|callback|call back|rappel|telephone secondaire|numero|number phone|phone number value',
  'phone:mobile':
    'mobile|mobile phone|mobile number|mobile no|mobile tel|tel mobile|telephone mobile|cell|cell phone|cellphone|cellular|cell number|portable|tel portable|telephone portable|numero de portable|numero de mobile|num portable|n portable|gsm|natel|handy|handynummer|mobil|mobiltelefon|mobilnummer|movil|telefono movil|cellulare|telefono cellulare|celular|mobile phone number|car phone|telephone voiture|contact mobile',
  'phone:fax':
    'fax|fax number|fax no|faxnummer|telefax|telecopie|telecopieur|n fax|numero de fax|num fax|no fax|tel fax|fax phone',
  'phone:pager': 'pager|pager number|recepteur de radiomessagerie|bipeur|beeper|radio phone|radio telephone',
  'phone:main,work':
    'company main phone|company phone|telephone societe|standard|standard telephonique|switchboard|tel standard|telephone standard|zentrale|centralita|centralino|main phone|phone main',
  'phone:landline':
    'landline|fixe|tel fixe|telephone fixe|numero fixe|festnetz|fijo|telefono fijo|telefono fisso|fisso',
  'phone:landline,work':
    'direct|direct line|direct phone|ligne directe|tel direct|telephone direct|durchwahl|direct dial|dds|direct office',
  'phone:other':
    'isdn|rnis|telex|tty tdd phone|telephone tdd tty|assistant s phone|assistants phone|assistant phone|telephone de l assistant e|telephone de l assistant|telephone de l assistante',
  organization:
    'company|company name|companyname|organization|organisation|organization name|organisation name|org|employer|entreprise|nom de l entreprise|nom entreprise|societe|nom de la societe|nom societe|raison sociale|denomination|denomination sociale|denomination usuelle|structure|nom de la structure|etablissement|nom etablissement|employeur|organisme|nom organisme|institution|institute|affiliation|firma|firmenname|unternehmen|arbeitgeber|empresa|compania|razon social|azienda|societa|ditta|ragione sociale|account|account name|exhibitor|exhibitor name|exhibitors|exposant|exposants|nom exposant|nom de l exposant|aussteller|expositor|espositore|enseigne|nom commercial|client|compte|business name|organization value|primary organization|agence|association|nom association|fournisseur|supplier|partenaire|adherent|associated company|company 1',
  department:
    'department|dept|departement service|service|direction|division|abteilung|departamento|reparto|business unit|unite|entite|pole|organization department',
  title:
    'title|titre|job title|jobtitle|job|position|job position|job function|role|occupation|profession|fonction|fonctions|poste|intitule de poste|intitule du poste|poste occupe|qualite|metier|function|funktion|stelle|beruf|berufsbezeichnung|cargo|puesto|posizione|ruolo|mansione|qualifica|organization title|fonction du contact|headline|designation|job role',
  street:
    'street|street address|address|adresse|address line|adress|rue|voie|numero et voie|n et voie|address street|street name|strasse|str|anschrift|adresszeile|zustell strasse|calle|direccion|domicilio|via|indirizzo|postal address|adresse postale|mailing address|address label|adresse complete|adresse ligne|street line|ligne adresse|ligne d adresse|hausanschrift|street 1|full address|adr',
  streetPart:
    'street number|street no|house number|numero de voie|numero voie|n de voie|hausnummer|hausnr|type de voie|type voie|indice repetition|libelle voie|numero civico',
  extended:
    'extended address|address complement|complement|complement adresse|complement d adresse|adresszusatz|batiment|etage|suite|apartment|address extra|complemento|address extended address|complement adresse 1|suburb|lieu dit',
  pobox:
    'po box|p o box|pobox|post office box|bp|b p|boite postale|address po box|postfach|apartado|casella postale|b p professionnelle|boite postale du domicile|distribution speciale',
  city: 'city|town|ville|locality|commune|localite|libelle commune|address city|address locality|ort|stadt|wohnort|zustell ort|ciudad|localidad|poblacion|citta|comune|municipality|municipio|place of residence|nom commune',
  region:
    'region|state|state province|province|address region|address state|county|departement|dep region|state code|state region|bundesland|kanton|canton|provincia|regione|etat|dep',
  postcode:
    'postcode|post code|postal code|postalcode|zip|zip code|zipcode|zip postal code|address postal code|address zip|code postal|cp|c p|code postaux|plz|postleitzahl|zustell plz|codigo postal|cap|code zip|zip code postal code',
  country:
    'country|country region|country name|pays|pays region|address country|land|staat|nation|pais|paese|nazione|country code|code pays|nationality country|pays de residence',
  formatted: 'address formatted|formatted address',
  url: 'url|urls|web|website|web site|webpage|web page|page web|site|site web|site internet|internet|homepage|home page|www|lien|link|web address|adresse web|webseite|internetadresse|sitio web|pagina web|sito|sito web|website value|website url|company website|domain|domain name|company domain name|domaine|external url|personal website|blog',
  'url:linkedin':
    'linkedin|linked in|linkedin url|linked in url|profil linkedin|linkedin profile|profile url|linkedin profile url|linkedin bio|hs linkedin url|person linkedin url|url linkedin',
  'url:twitter': 'twitter|twitter handle|twitter username|x twitter|compte twitter|twitterhandle',
  'url:facebook': 'facebook|facebook url|facebook profile',
  'url:xing': 'xing|xing url',
  birthday:
    'birthday|birth date|birthdate|date of birth|dob|d o b|born|born on|anniversaire|date de naissance|date naissance|naissance|ne le|ne e le|nee le|ddn|geburtstag|geburtsdatum|geboren|fecha de nacimiento|nacimiento|cumpleanos|data di nascita|compleanno',
  birthYear: 'birth year|year of birth|annee de naissance|geburtsjahr',
  birthMonth: 'birth month|mois de naissance|geburtsmonat',
  birthDay: 'birth day|jour de naissance',
  note: 'note|notes|comment|comments|commentaire|commentaires|remarque|remarques|observation|observations|remarks|memo|information|infos|bemerkung|bemerkungen|notiz|notizen|nota|notas|note|observaciones|commenti|annotations|about',
  category:
    'category|categories|categorie|group|groups|groupe|groupes|group membership|tag|tags|label list|labels|etiquette|etiquettes|etiquettes de contact|segment|segments|mots cles|keywords|liste|listes|kategorie|kategorien|gruppe|gruppen|stichwort|s stichwort|sstichwort|schlagworter|categoria|categorias|etiquetas|gruppo|gruppi|contact groups',
  uid: 'id|uid|uuid|identifiant|identifier|contact id|record id|external id|customer id|client id|unique id|rec id|resource name|vid|numero client|no client|n client|code client|kundennummer|kunden nr|customer number|id client|id contact|ref|reference|id cliente|person id|lead id|user id|company id|account id 18|siret|member id|leid|euid',
  revision:
    'last modified|last modified date|modified|modified date|updated|updated at|update time|last updated|date de modification|modifie le|derniere modification|date modification|mis a jour le|last changed|lastmodifieddate|system modstamp',
  kind: 'kind|type de contact|contact kind|person or organization|personne ou organisation',
  'optOut:email':
    'has opted out of email|email opt out|e mail opt out|opted out of email|opt out|optout|opted out|unsubscribed|unsubscribed from all email|hs email optout|email optout|desinscrit|desabonne|desinscription|no email|do not email|ne pas envoyer d e mail|blacklist|blackliste|blocklisted|abgemeldet|stop email|npai email|opposition email',
  'optOut:phone': 'do not call|donotcall|ne pas appeler|do not phone|stop tel|opposition telephone|bloctel|no call',
  'optOut:post': 'do not mail|no mail|opposition courrier|do not post|no postal mail|ne pas envoyer de courrier',
  'optOut:any': 'do not contact|ne pas contacter|opposition|donotcontact|nicht kontaktieren|stop contact',
  'optIn:email':
    'opt in|optin|email opt in|opt in email|optin email|newsletter|newsletter opt in|inscrit newsletter|abonne newsletter|consentement|consentement email|consent|marketing consent|accepts marketing|accepte les e mails|accepte la newsletter|rgpd|gdpr consent|email consent|einwilligung|consentimiento|consenso|email opt in explicit|accepts email marketing|opt in newsletter',
  'optIn:any': 'consentement rgpd|gdpr opt in explicit|consentement general',
  'optInTime:email':
    'optin time|opt in time|optin date|opt in date|date optin|date opt in|consent timestamp|consent date|date de consentement|date d inscription newsletter|confirm time|subscribed at|subscription date',
  'subscription:email':
    'subscription status|email marketing status|statut newsletter|email status subscription|abonnement|email subscription status|marketing status|statut abonnement',
  ignore:
    'ip address|adresse ip|optin ip|confirm ip|mac address|yomi name|given name yomi|family name yomi|additional name yomi|type de messagerie|e mail type|email type|email display name|e mail display name|nom complet de l adresse de messagerie|manager s name|assistant s name|spouse s name|spouse|responsable|nom de l assistant e|conjoint e|created by|owner|contact owner|proprietaire|owner id|initials|initiales|location|username|user name|login|latitude|longitude|gender|sexe|sex|genre|geschlecht|anniversary|anniversaire de mariage ou fete|langue|language|sprache|idioma|lingua|source|status|statut|lead status|type|priority|priorite',
};

/** Folded phrase → target. */
export const DICTIONARY: ReadonlyMap<string, string> = new Map(
  Object.entries(WORDS).flatMap(([target, phrases]) => phrases.split('|').map((phrase) => [phrase, target] as const)),
);

/** Folded place words, taken off a header before the look-up. */
export const PLACES: ReadonlyMap<string, 'work' | 'home' | 'other'> = new Map([
  ...words(
    'work',
    'work|business|bureau|office|professional|professionnel|professionnelle|pro|travail|company|societe|entreprise|geschaftlich|dienstlich|buro|arbeit|trabajo|lavoro|ufficio|billing|facturation|siege',
  ),
  ...words(
    'home',
    'home|domicile|personal|personnel|personnelle|perso|private|prive|privee|privat|maison|casa|particular|privato|hogar',
  ),
  ...words('other', 'other|autre|andere|anderes|weitere|otro|otra|altro|shipping|livraison|alternate|secondary'),
]);

/** Words without meaning of their own in a header. */
export const FILLERS: ReadonlySet<string> = new Set(
  'de du des la le les l d of the your my votre notre contact client personne participant person property value valeur c s e n no num primary principal principale der die das des del della'.split(
    ' ',
  ),
);

function words<P extends string>(place: P, list: string): [string, P][] {
  return list.split('|').map((word) => [word, place]);
}
