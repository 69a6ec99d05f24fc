// The message, its header, and who it is about and from.

Profile: CertificateMessage
Parent: Bundle
Id: certificate-message
Title: "Certificate message"
Description: "A message that carries one medical certificate: the header first, one Composition, and the resources it names. Other entries are allowed and not carried. What a resource must hold follows from the section that refers to it."
* type = #message
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains header 1..1 and certificate 1..1
* entry[header].resource 1..1
* entry[header].resource only CertificateMessageHeader
* entry[certificate].resource 1..1
* entry[certificate].resource only Certificate
* obeys author-missing and diagnosis-missing and function-missing and health-risk-missing and prognosis-missing and prognosis-uncertain-without-review

Profile: CertificateMessageHeader
Parent: MessageHeader
Id: certificate-message-header
Title: "Header of a certificate message"
Description: "The id is the message id that a receipt quotes. Endpoints are HER-ids in Norway's health network."
* id 1..1
* event[x] only Coding
* event[x] = $event#certificate
* focus 1..1
* focus only Reference(Certificate)

Profile: CertificatePatient
Parent: Patient
Id: certificate-patient
Title: "Patient of a certificate"
Description: "Known by fødselsnummer or D-nummer. Whether the number is right is a rule, not a matter of structure."
* insert IdentifierSlicing
* insert Numbered(fnr, $fnr)
* insert Numbered(d-number, $d-number)

Profile: CertificateAuthor
Parent: PractitionerRole
Id: certificate-author
Title: "Author of a certificate"
Description: "The clinician in the role in which the certificate is written, with profession and organisation. May be contained."
* practitioner only Reference(CertificatePractitioner)
* organization only Reference(CertificateOrganization)
* code ^slicing.discriminator.type = #pattern
* code ^slicing.discriminator.path = "$this"
* code ^slicing.rules = #open
* code contains role 0..1 and profession 0..*
* code[role] ^patternCodeableConcept.coding.system = "https://certgateway.example/fhir/CodeSystem/author-role"
* code[role] from $vs-author-role (required)
* code[profession] ^patternCodeableConcept.coding.system = "urn:oid:2.16.578.1.12.4.1.1.9060"
* code[profession] from $vs-profession (extensible)

Profile: CertificatePractitioner
Parent: Practitioner
Id: certificate-practitioner
Title: "Practitioner who wrote a certificate"
Description: "Known by HPR number; the personal number, where it is given, is used to see that nobody certifies himself."
* insert IdentifierSlicing
* insert Numbered(hpr, $hpr)
* insert Numbered(fnr, $fnr)
* insert Numbered(d-number, $d-number)

Profile: CertificateOrganization
Parent: Organization
Id: certificate-organization
Title: "Organisation of the author"
Description: "Known by organisation number and HER-id."
* insert IdentifierSlicing
* insert Numbered(organisation-number, $organisation-number)
* insert Numbered(her, $her)

// Required items are stated once. Their minimum is 0 in the structure; these invariants, whose keys are the rule ids of
// the gateway, tell other engines. The gateway leaves them to its completeness rules, which know more: placeholders and
// codes that do not exist are no answers.

Invariant: author-missing
Description: "The author's HPR number must be given."
Severity: #error
Expression: "(entry.resource.ofType(Practitioner) | entry.resource.ofType(PractitionerRole).contained.ofType(Practitioner) | entry.resource.ofType(Composition).contained.ofType(Practitioner)).identifier.where(system = 'urn:oid:2.16.578.1.12.4.1.4.4' and value.exists()).exists() or (entry.resource.ofType(PractitionerRole) | entry.resource.ofType(Composition).contained.ofType(PractitionerRole)).practitioner.identifier.where(system = 'urn:oid:2.16.578.1.12.4.1.4.4' and value.exists()).exists() or entry.resource.ofType(QuestionnaireResponse).item.where(linkId = 'author').item.where(linkId = 'author.hpr').answer.exists()"

Invariant: diagnosis-missing
Description: "At least one diagnosis must be stated."
Severity: #error
Expression: "entry.resource.ofType(Composition).section.where(code.coding.where(system = 'https://certgateway.example/fhir/CodeSystem/certificate-item' and code = 'diagnosis').exists()).entry.exists() or entry.resource.ofType(QuestionnaireResponse).item.where(linkId = 'diagnosis').item.where(linkId = 'diagnosis.entry').exists()"

Invariant: function-missing
Description: "At least one function must be described."
Severity: #error
Expression: "entry.resource.ofType(Composition).section.where(code.coding.where(system = 'https://certgateway.example/fhir/CodeSystem/certificate-item' and code = 'function').exists()).entry.exists() or entry.resource.ofType(QuestionnaireResponse).item.where(linkId = 'function').item.where(linkId = 'function.entry').exists()"

Invariant: health-risk-missing
Description: "Activities with health risk must be stated, or it must be said that they were assessed and none is known."
Severity: #error
Expression: "entry.resource.ofType(Composition).section.where(code.coding.where(system = 'https://certgateway.example/fhir/CodeSystem/certificate-item' and code = 'health-risk').exists()).where(entry.exists() or emptyReason.coding.where(system = 'http://terminology.hl7.org/CodeSystem/list-empty-reason' and code = 'nilknown').exists()).exists() or entry.resource.ofType(QuestionnaireResponse).item.where(linkId = 'health-risk').item.where(linkId = 'health-risk.entry' or (linkId = 'health-risk.state' and answer.value.ofType(Coding).where(code = 'nilknown').exists())).exists()"

Invariant: prognosis-missing
Description: "A prognosis must be stated; uncertain is an answer when it says why and when to look again."
Severity: #error
Expression: "entry.resource.ofType(Composition).section.where(code.coding.where(system = 'https://certgateway.example/fhir/CodeSystem/certificate-item' and code = 'prognosis').exists()).entry.exists() or entry.resource.ofType(QuestionnaireResponse).item.where(linkId = 'prognosis').item.where(linkId = 'prognosis.entry').exists()"

Invariant: prognosis-uncertain-without-review
Description: "An uncertain prognosis must give its reason and a review date."
Severity: #error
Expression: "entry.resource.ofType(ClinicalImpression).where(prognosisCodeableConcept.coding.where(system = 'https://certgateway.example/fhir/CodeSystem/course' and code = 'uncertain').exists()).all(extension.where(url = 'https://certgateway.example/fhir/StructureDefinition/review-date').exists() and extension.where(url = 'https://certgateway.example/fhir/StructureDefinition/uncertain-because').exists()) and entry.resource.ofType(QuestionnaireResponse).item.where(linkId = 'prognosis').item.where(linkId = 'prognosis.entry' and item.where(linkId = 'prognosis.course').answer.value.ofType(Coding).where(code = 'uncertain').exists()).all(item.where(linkId = 'prognosis.review_date').answer.exists() and item.where(linkId = 'prognosis.uncertain_because').answer.exists())"
