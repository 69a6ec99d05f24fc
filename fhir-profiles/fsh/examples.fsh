// One example of each profile, together one message. The person is synthetic: 80 is added to the month of the number.

RuleSet: AboutPatient
* subject = Reference(patient-example)

Instance: patient-example
InstanceOf: CertificatePatient
Usage: #example
Title: "Patient"
Description: "A synthetic person."
* identifier[fnr].system = $fnr
* identifier[fnr].value = "12847931246"
* name.family = "Fjelltur"
* name.given = "Vennlig"

Instance: practitioner-example
InstanceOf: CertificatePractitioner
Usage: #example
Title: "Practitioner"
Description: "A synthetic clinician."
* identifier[hpr].system = $hpr
* identifier[hpr].value = "9111999"
* name.family = "Lyttende"
* name.given = "Rolig"

Instance: organization-example
InstanceOf: CertificateOrganization
Usage: #example
Title: "Organisation"
Description: "A synthetic practice."
* identifier[organisation-number].system = $organisation-number
* identifier[organisation-number].value = "315001005"
* identifier[her].system = $her
* identifier[her].value = "8143061"
* name = "Storgata legesenter"

Instance: author-example
InstanceOf: CertificateAuthor
Usage: #example
Title: "Author"
Description: "A general practitioner in the practice."
* practitioner = Reference(practitioner-example)
* organization = Reference(organization-example)
* code[role] = $author-role#gp
* code[profession] = $profession#LE

Instance: header-example
InstanceOf: CertificateMessageHeader
Usage: #example
Title: "Message header"
Description: "Its id is the message id."
* eventCoding = $event#certificate
* source.endpoint = "urn:oid:2.16.578.1.12.4.1.2.8143061"
* destination.endpoint = "urn:oid:2.16.578.1.12.4.1.2.79768"
* focus = Reference(certificate-example)

Instance: certificate-example
InstanceOf: Certificate
Usage: #example
Title: "Medical certificate"
Description: "Back pain in a patient who tolerates load when it is limited."
* identifier.system = "https://epj.example/legeerklaering"
* identifier.value = "0d4f1a52-6a0e-4c0b-8a55-1f6f0c6b2a01"
* status = #final
* type.coding[0] = $loinc#72267-8
* type.coding[1] = $document-type#J01-2
* subject = Reference(patient-example)
* date = "2026-05-12T10:15:00+02:00"
* author = Reference(author-example)
* title = "Legeerklæring"
* event[contact].code = $contact#in-person
* event[contact].period.start = "2026-05-12"
* event[purpose].code = $purpose#ordered
* event[purpose].detail.identifier.value = "B-2026-0042"
* event[contact-wish].code = $contact-wish#employer
* section[employment].code = $item#employment
* section[employment].entry = Reference(employment-example)
* section[diagnosis].code = $item#diagnosis
* section[diagnosis].entry = Reference(diagnosis-example)
* section[history].code = $item#history
* section[history].entry = Reference(history-example)
* section[findings].code = $item#findings
* section[findings].entry = Reference(findings-example)
* section[onset].code = $item#onset
* section[onset].entry = Reference(onset-example)
* section[treatment].code = $item#treatment
* section[treatment].entry = Reference(treatment-example)
* section[function].code = $item#function
* section[function].entry[0] = Reference(function-example)
* section[function].entry[1] = Reference(function-not-assessed-example)
* section[health-risk].code = $item#health-risk
* section[health-risk].entry = Reference(health-risk-example)
* section[activity].code = $item#activity
* section[activity].entry[0] = Reference(activity-example)
* section[activity].entry[1] = Reference(activity-own-work-example)
* section[prognosis].code = $item#prognosis
* section[prognosis].entry = Reference(prognosis-example)
* section[specialist].code = $item#specialist
* section[specialist].entry = Reference(specialist-example)
* section[assessment].code = $item#assessment
* section[assessment].entry[0] = Reference(assessment-example)
* section[assessment].entry[1] = Reference(assessment-question-example)
* section[reservation].code = $item#reservation
* section[reservation].entry = Reference(reservation-example)
* section[attachment].code = $item#attachment
* section[attachment].entry = Reference(attachment-example)

Instance: certificate-none-known-example
InstanceOf: Certificate
Usage: #example
Title: "Assessed, none known"
Description: "The smallest certificate with no known health risk and history not assessed: an empty section, a reason, and a generated line."
* identifier.system = "https://epj.example/legeerklaering"
* identifier.value = "0d4f1a52-6a0e-4c0b-8a55-1f6f0c6b2a02"
* status = #preliminary
* type.coding[0] = $loinc#72267-8
* type.coding[1] = $document-type#J01-2
* subject = Reference(patient-example)
* date = "2026-05-12T10:15:00+02:00"
* author = Reference(author-example)
* title = "Legeerklæring"
* section[health-risk].code = $item#health-risk
* section[health-risk].text.status = #generated
* section[health-risk].text.div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">Vurdert, ingen</div>"
* section[health-risk].emptyReason = $empty-reason#nilknown
* section[history].code = $item#history
* section[history].text.status = #generated
* section[history].text.div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">Ikke vurdert</div>"
* section[history].emptyReason = $empty-reason#notasked

Instance: employment-example
InstanceOf: EmploymentStatement
Usage: #example
Title: "Employment"
Description: "A warehouse worker with an employer to return to, one employment, and what the work demands."
* insert AboutPatient
* status = #final
* code = $item#employment
* effectiveDateTime = "2026-05-12"
* component[occupation].code = $part#occupation
* component[occupation].valueString = "Lagermedarbeider"
* component[returns].code = $part#returns
* component[returns].valueCodeableConcept = $yes-no#yes
* component[said-by].code = $part#said-by
* component[said-by].valueCodeableConcept = $informant#patient
* component[several].code = $part#several
* component[several].valueCodeableConcept = $yes-no#no
* component[situation][0].code = $part#situation
* component[situation][0].valueCodeableConcept = $work-situation#paid-work
* component[situation][1].code = $part#situation
* component[situation][1].valueCodeableConcept = $work-situation#other
* component[other-situation].code = $part#other-situation
* component[other-situation].valueString = "Fosterforelder."
* component[demands].code = $part#demands
* component[demands].valueString = "Plukker og stabler varer på opptil 25 kg."
* component[occupation-code].code = $part#occupation-code
* component[occupation-code].valueString = "9333110"

Instance: diagnosis-example
InstanceOf: CertificateDiagnosis
Usage: #example
Title: "Diagnosis"
Description: "Low back pain with radiation in ICPC-2, the main diagnosis, to be considered as an occupational injury."
* insert AboutPatient
* extension[occupational-injury].valueCode = #yes
* extension[injury-date].valueDate = "2026-01-19"
* code = $icpc-2#L86
* category[rank] = $rank#main

Instance: history-example
InstanceOf: HistoryStatement
Usage: #example
Title: "History"
Description: "The patient's own account."
* insert AboutPatient
* status = #final
* code = $item#history
* valueString = "Fikk akutte smerter ved et løft i januar. Våkner om natta når ryggen har vært belastet over tid."
* extension[source].valueCode = #patient-reported

Instance: findings-example
InstanceOf: ClinicalFinding
Usage: #example
Title: "Clinical finding"
Description: "Straight leg raise, in degrees."
* insert AboutPatient
* status = #final
* code = $icf#b710
* effectiveDateTime = "2026-05-12"
* valueQuantity = 45 'deg'
* extension[source].valueCode = #tested
* component[qualifier].code = $part#qualifier
* component[qualifier].valueCodeableConcept = $icf-qualifier#2
* note.text = "Lasègues prøve, venstre side."

Instance: onset-example
InstanceOf: OnsetStatement
Usage: #example
Title: "Onset"
Description: "Known to the month."
* insert AboutPatient
* status = #final
* code = $item#onset
* valueDateTime = "2026-01"
* component[certainty].code = $part#certainty
* component[certainty].valueCodeableConcept = $onset-certainty#approximate

Instance: treatment-example
InstanceOf: TreatmentPlan
Usage: #example
Title: "Treatment"
Description: "Physiotherapy that can be combined with activity, and an operation that is waited for."
* insert AboutPatient
* status = #active
* intent = #plan
* activity[0].progress.text = "Går lenger enn i februar."
* activity[0].detail.extension[treatment-status].valueCode = #ongoing
* activity[0].detail.extension[expected-to-improve].valueCode = #yes
* activity[0].detail.extension[combinable-with-activity].valueCode = #yes
* activity[0].detail.extension[diagnosis].valueReference = Reference(diagnosis-example)
* activity[0].detail.code = $treatment-kind#physiotherapy
* activity[0].detail.status = #in-progress
* activity[0].detail.scheduledPeriod.start = "2026-02-10"
* activity[0].detail.description = "Trening to ganger i uka."
* activity[1].detail.extension[treatment-status].valueCode = #waiting
* activity[1].detail.extension[expected-to-improve].valueCode = #uncertain
* activity[1].detail.extension[expected-wait].valueDuration = 20 'wk'
* activity[1].detail.code = $treatment-kind#investigation
* activity[1].detail.status = #not-started
* activity[1].detail.scheduledPeriod.start = "2026-04-20"

Instance: function-example
InstanceOf: FunctionStatement
Usage: #example
Title: "Function"
Description: "Lifting at work: can with adaptation, up to ten kilograms, ten times an hour."
* insert AboutPatient
* status = #final
* code = $icf#d4300
* effectiveDateTime = "2026-05-12"
* valueCodeableConcept = $ability#can-with-adaptation
* extension[source].valueCode = #tested
* extension[diagnosis].valueReference = Reference(diagnosis-example)
* component[setting].code = $part#setting
* component[setting].valueCodeableConcept = $setting#work
* component[qualifier].code = $part#qualifier
* component[qualifier].valueCodeableConcept = $icf-qualifier#2
* component[variation].code = $part#variation
* component[variation].valueCodeableConcept = $variation#fluctuating
* component[best].code = $part#best
* component[best].valueCodeableConcept = $ability#can
* component[worst].code = $part#worst
* component[worst].valueCodeableConcept = $ability#cannot
* component[adaptation][0].code = $part#adaptation
* component[adaptation][0].valueCodeableConcept = $adaptation#lifting-aid
* component[adaptation][1].code = $part#adaptation
* component[adaptation][1].valueCodeableConcept = $adaptation#change-of-position
* component[limit][0].code = $limit#max-load
* component[limit][0].valueQuantity = 10 'kg'
* component[limit][1].code = $limit#max-repetitions
* component[limit][1].valueQuantity = 10 '{times}/h'
* note.text = "Fra hoftehøyde; ikke fra gulv."

Instance: function-not-assessed-example
InstanceOf: FunctionStatement
Usage: #example
Title: "Function not assessed"
Description: "Driving was not assessed: a reason and no value. It is kept and shown, and does not answer the item."
* insert AboutPatient
* status = #final
* code = $icf#d475
* dataAbsentReason = http://terminology.hl7.org/CodeSystem/data-absent-reason#not-performed

Instance: health-risk-example
InstanceOf: HealthRisk
Usage: #example
Title: "Health risk"
Description: "Heavy lifting can make the condition worse; safe up to ten kilograms with a lifting aid."
* insert AboutPatient
* status = #final
* code = $risk-activity#heavy-lifting
* occurrenceDateTime = "2026-05-12"
* condition = Reference(diagnosis-example)
* prediction.outcome = $harm#worsening
* prediction.whenPeriod.start = "2026-05-12"
* prediction.extension[severity].valueCode = #moderate
* extension[source].valueCode = #inferred
* extension[safe-limit].extension[kind].valueCode = #max-load
* extension[safe-limit].extension[quantity].valueQuantity = 10 'kg'
* extension[adaptation].valueCode = #lifting-aid
* mitigation = "Unngå løft fra gulv og vridning med last."

Instance: activity-example
InstanceOf: ActivityStatement
Usage: #example
Title: "Activity"
Description: "Can take part, with limits."
* insert AboutPatient
* status = #final
* code = $item#activity
* valueCodeableConcept = $participation#with-limits
* effectivePeriod.start = "2026-05-12"
* effectivePeriod.end = "2026-09-01"
* component[scope].code = $part#scope
* component[scope].valueCodeableConcept = $activity-scope#physical
* component[measure-view].code = $part#measure-view
* component[measure-view].valueCodeableConcept = $measure-view#with-adaptation

Instance: activity-own-work-example
InstanceOf: ActivityStatement
Usage: #example
Title: "Taking up work"
Description: "As the form of 2008 asks: own work after treatment, and a measure that the clinician proposes."
* insert AboutPatient
* status = #final
* code = $item#activity
* component[scope].code = $part#scope
* component[scope].valueCodeableConcept = $activity-scope#own-work
* component[resumption].code = $part#resumption
* component[resumption].valueCodeableConcept = $resumption#after-treatment
* component[measure].code = $part#measure
* component[measure].valueCodeableConcept = $proposed-measure#work-aids

Instance: prognosis-example
InstanceOf: PrognosisStatement
Usage: #example
Title: "Prognosis"
Description: "Uncertain, because investigation is waited for; to be looked at again in September."
* insert AboutPatient
* status = #completed
* date = "2026-05-12"
* prognosisCodeableConcept = $course#uncertain
* extension[horizon].valueDuration = 6 'mo'
* extension[illness-duration].valueDuration = 1 'a'
* extension[reduced-function-duration].valueDuration = 9 'mo'
* extension[certainty].valueCode = #low
* extension[uncertain-because].valueCode = #awaiting-investigation
* extension[review-date].valueDate = "2026-09-01"
* extension[source].valueCode = #inferred
* extension[diagnosis].valueReference = Reference(diagnosis-example)

Instance: specialist-example
InstanceOf: SpecialistStatement
Usage: #example
Title: "Specialist statement"
Description: "An orthopaedic statement, attached."
* insert AboutPatient
* status = #final
* code = $item#specialist
* effectiveDateTime = "2026-04-02"
* valueString = "Bør ikke løfte fra gulv før utredningen er ferdig. Kan gå og stå uten grense."
* extension[source].valueCode = #specialist
* component[specialty].code = $part#specialty
* component[specialty].valueCodeableConcept = $specialty#orthopaedics
* component[attached].code = $part#attached
* component[attached].valueBoolean = true

Instance: assessment-example
InstanceOf: AssessmentStatement
Usage: #example
Title: "Overall medical assessment"
Description: "In prose, about function and risk."
* insert AboutPatient
* status = #final
* code = $item#assessment
* valueString = "Tåler lett og vekslende belastning godt. Ryggen blir verre av tunge løft og lang tid i samme stilling."

Instance: assessment-question-example
InstanceOf: AssessmentStatement
Usage: #example
Title: "Answer to a question of the form of 2008"
Description: "What the patient should not do in the present work."
* insert AboutPatient
* status = #final
* code = $item#assessment
* valueString = "Løfte fra gulv, og sitte lenge i truck."
* component[question].code = $part#question
* component[question].valueCodeableConcept = $question#cannot-do

Instance: reservation-example
InstanceOf: ReservationStatement
Usage: #example
Title: "Reservation"
Description: "One item is kept from the patient."
* insert AboutPatient
* status = #final
* code = $item#reservation
* valueString = "Opplysninger fra pårørende."
* component[item].code = $part#item
* component[item].valueCodeableConcept = $item#assessment
* component[reason].code = $part#reason
* component[reason].valueCodeableConcept = $reservation-reason#regard-for-close-persons

Instance: attachment-example
InstanceOf: CertificateAttachment
Usage: #example
Title: "Attachment"
Description: "A short text, with its SHA-256."
* insert AboutPatient
* status = #current
* content.attachment.contentType = #text/plain
* content.attachment.data = "UsO4bnRnZW4gYXYga29yc3J5Z2dlbiB1dGVuIGZ1bm4u"
* content.attachment.extension[sha256].valueString = "de21fa210e6590a5825f2a72708feaed082228b6b498bffa18aadb6eca7e12ff"

RuleSet: Entry(index, type, id)
* entry[{index}].fullUrl = "https://epj.example/fhir/{type}/{id}"
* entry[{index}].resource = {id}

Instance: message-example
InstanceOf: CertificateMessage
Usage: #example
Title: "Certificate message"
Description: "The whole message."
* type = #message
* timestamp = "2026-05-12T10:16:00+02:00"
* entry[header].fullUrl = "https://epj.example/fhir/MessageHeader/header-example"
* entry[header].resource = header-example
* entry[certificate].fullUrl = "https://epj.example/fhir/Composition/certificate-example"
* entry[certificate].resource = certificate-example
* insert Entry(2, Patient, patient-example)
* insert Entry(3, PractitionerRole, author-example)
* insert Entry(4, Practitioner, practitioner-example)
* insert Entry(5, Organization, organization-example)
* insert Entry(6, Observation, employment-example)
* insert Entry(7, Condition, diagnosis-example)
* insert Entry(8, Observation, history-example)
* insert Entry(9, Observation, findings-example)
* insert Entry(10, Observation, onset-example)
* insert Entry(11, CarePlan, treatment-example)
* insert Entry(12, Observation, function-example)
* insert Entry(13, Observation, function-not-assessed-example)
* insert Entry(14, RiskAssessment, health-risk-example)
* insert Entry(15, Observation, activity-example)
* insert Entry(16, ClinicalImpression, prognosis-example)
* insert Entry(17, Observation, specialist-example)
* insert Entry(18, Observation, assessment-example)
* insert Entry(19, Observation, reservation-example)
* insert Entry(20, DocumentReference, attachment-example)
* insert Entry(21, Observation, activity-own-work-example)
* insert Entry(22, Observation, assessment-question-example)

Instance: receipt-header-example
InstanceOf: ReceiptHeader
Usage: #example
Title: "Receipt header"
Description: "Answers the message by its id."
* eventCoding = $event#certificate
* source.endpoint = "urn:oid:2.16.578.1.12.4.1.2.79768"
* destination.endpoint = "urn:oid:2.16.578.1.12.4.1.2.8143061"
* response.identifier = "header-example"
* response.code = #ok
* response.details = Reference(receipt-outcome-example)

Instance: receipt-outcome-example
InstanceOf: ReceiptOutcome
Usage: #example
Title: "Receipt outcome"
Description: "Registered with one remark, and one tick removed."
* extension[receipt].extension[certificate].valueString = "4b6f3f0e-9c0d-4c39-9a53-0b1f7f9e3c10"
* extension[receipt].extension[version].valuePositiveInt = 1
* extension[receipt].extension[arrival].valueInstant = "2026-05-12T10:16:02+02:00"
* extension[receipt].extension[first-attempt].valueInstant = "2026-05-12T10:16:02+02:00"
* extension[receipt].extension[verdict].valueCode = #accepted-with-remarks
* extension[receipt].extension[removed].extension[item].valueCode = #benefit-type
* extension[receipt].extension[removed].extension[path].valueString = "Bundle.entry[1].resource.section[14]"
* issue.severity = #warning
* issue.code = #business-rule
* issue.details = $rule#placeholder-text
* issue.details.text = "Feltet inneholder bare fylltekst."
* issue.expression = "Bundle.entry[18].resource.value"
* issue.extension[finding].extension[item].valueCode = #assessment
* issue.extension[finding].extension[element].valueString = "assessment[0].text"
* issue.extension[finding].extension[line].valuePositiveInt = 412
* issue.extension[finding].extension[column].valuePositiveInt = 9
* issue.extension[finding].extension[span].extension[start].valueUnsignedInt = 0
* issue.extension[finding].extension[span].extension[end].valueUnsignedInt = 8

Instance: receipt-example
InstanceOf: ReceiptMessage
Usage: #example
Title: "Receipt message"
Description: "The whole receipt."
* type = #message
* timestamp = "2026-05-12T10:16:03+02:00"
* entry[header].fullUrl = "https://gateway.example/fhir/MessageHeader/receipt-header-example"
* entry[header].resource = receipt-header-example
* entry[outcome].fullUrl = "https://gateway.example/fhir/OperationOutcome/receipt-outcome-example"
* entry[outcome].resource = receipt-outcome-example
