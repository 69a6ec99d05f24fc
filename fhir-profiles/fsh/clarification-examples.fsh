// A question about the example certificate and the answer to it. The people are those of examples.fsh.

RuleSet: ToAuthor
* source.endpoint = "urn:oid:2.16.578.1.12.4.1.2.79768"
* destination.endpoint = "urn:oid:2.16.578.1.12.4.1.2.8143061"

RuleSet: LogicalNav(element)
* {element}.type = "Organization"
* {element}.identifier.system = $her
* {element}.identifier.value = "79768"

RuleSet: CertificateHead
* identifier.system = "https://epj.example/legeerklaering"
* identifier.value = "0d4f1a52-6a0e-4c0b-8a55-1f6f0c6b2a01"
* status = #final
* type.coding[0] = $loinc#72267-8
* type.coding[1] = $document-type#J01-2
* subject = Reference(patient-example)
* author = Reference(author-example)
* title = "Legeerklæring"

Instance: question-header-example
InstanceOf: QuestionHeader
Usage: #example
Title: "Question header"
Description: "A question, from the gateway to the author's system."
* eventCoding = $event#clarification
* insert ToAuthor
* focus = Reference(question-example)

Instance: question-example
InstanceOf: ClarificationRequest
Usage: #example
Title: "Clarification"
Description: "Two things are asked, with a measure in mind."
* language = #nb
* extension[measure].extension[description].valueString = "Arbeidstrening på lager, fire timer om dagen."
* extension[measure].extension[demand][0].valueCode = #heavy-lifting
* extension[measure].extension[demand][1].valueCode = #long-standing
* identifier.system = $clarification
* identifier.value = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01"
* status = #active
* subject = Reference(patient-example)
* about.extension[version].valueDateTime = "2026-05-12T10:15:00+02:00"
* about.type = "Composition"
* about.identifier.system = "https://epj.example/legeerklaering"
* about.identifier.value = "0d4f1a52-6a0e-4c0b-8a55-1f6f0c6b2a01"
* payload[0].extension[target].extension[item].valueCode = #health-risk
* payload[0].extension[target].extension[element].valueString = "health-risk[0]"
* payload[0].extension[target].extension[reason].valueCode = #detail-for-measure
* payload[0].extension[target].extension[settles].valueString = "Hvor mye kan pasienten løfte, og hvor ofte?"
* payload[0].contentString = "NAV planlegger et tiltak. Hva må vi vite om «Aktiviteter med helserisiko» for at det skal være trygt for pasienten? Hvor mye kan pasienten løfte, og hvor ofte?"
* payload[1].extension[target].extension[item].valueCode = #prognosis
* payload[1].extension[target].extension[reason].valueCode = #outdated
* payload[1].contentString = "Opplysningene under «Prognose» begynner å bli gamle. Gjelder de fortsatt?"
* occurrenceDateTime = "2026-09-21"
* authoredOn = "2026-09-01T09:00:00+02:00"
* insert LogicalNav(requester)
* recipient = Reference(author-example)
* insert LogicalNav(sender)

Instance: question-message-example
InstanceOf: QuestionMessage
Usage: #example
Title: "Question message"
Description: "The whole question."
* type = #message
* timestamp = "2026-09-01T09:00:00+02:00"
* entry[header].fullUrl = "https://epj.example/fhir/MessageHeader/question-header-example"
* entry[header].resource = question-header-example
* entry[request].fullUrl = "https://epj.example/fhir/CommunicationRequest/question-example"
* entry[request].resource = question-example
* insert Entry(2, Patient, patient-example)
* insert Entry(3, PractitionerRole, author-example)
* insert Entry(4, Practitioner, practitioner-example)
* insert Entry(5, Organization, organization-example)

Instance: return-example
InstanceOf: ClarificationRequest
Usage: #example
Title: "Return of an answer"
Description: "The answer about the prognosis is sent back, and the question stands again."
* extension[return].extension[reason].valueCode = #question-not-answered
* extension[return].extension[not-payable].valueBoolean = false
* identifier.system = $clarification
* identifier.value = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01"
* status = #active
* subject = Reference(patient-example)
* about.extension[version].valueDateTime = "2026-09-14T13:20:00+02:00"
* about.type = "Composition"
* about.identifier.system = "https://epj.example/legeerklaering"
* about.identifier.value = "0d4f1a52-6a0e-4c0b-8a55-1f6f0c6b2a01"
* payload.extension[target].extension[item].valueCode = #prognosis
* payload.extension[target].extension[reason].valueCode = #outdated
* payload.contentString = "Opplysningene under «Prognose» begynner å bli gamle. Gjelder de fortsatt?"
* occurrenceDateTime = "2026-10-05"
* authoredOn = "2026-09-15T08:30:00+02:00"
* insert LogicalNav(requester)
* recipient = Reference(author-example)
* insert LogicalNav(sender)

Instance: answer-header-example
InstanceOf: AnswerHeader
Usage: #example
Title: "Answer header"
Description: "Its id is the message id."
* eventCoding = $event#clarification-answer
* source.endpoint = "urn:oid:2.16.578.1.12.4.1.2.8143061"
* destination.endpoint = "urn:oid:2.16.578.1.12.4.1.2.79768"
* focus = Reference(answered-certificate-example)

Instance: answer-example
InstanceOf: ClarificationAnswer
Usage: #example
Title: "Answer to a clarification"
Description: "The health risk is answered; the prognosis cannot be."
* extension[declined-item].valueCode = #prognosis
* extension[relevance].valueInteger = 4
* basedOn.type = "CommunicationRequest"
* basedOn.identifier.system = $clarification
* basedOn.identifier.value = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01"
* status = #completed
* statusReason = $decline-reason#not-seen
* subject = Reference(patient-example)
* payload[answer].contentReference = Reference(answered-certificate-example)

Instance: answered-certificate-example
InstanceOf: Certificate
Usage: #example
Title: "What is answered"
Description: "The certificate's own id, the time of the answer, and the one section that is answered."
* insert CertificateHead
* date = "2026-09-14T13:20:00+02:00"
* section[health-risk].code = $item#health-risk
* section[health-risk].entry = Reference(answered-risk-example)

Instance: answered-risk-example
InstanceOf: HealthRisk
Usage: #example
Title: "Health risk, answered"
Description: "The same risk, with the limit that was asked for."
* insert AboutPatient
* status = #final
* code = $risk-activity#heavy-lifting
* occurrenceDateTime = "2026-09-14"
* prediction.outcome = $harm#worsening
* prediction.whenPeriod.start = "2026-09-14"
* extension[safe-limit].extension[kind].valueCode = #max-load
* extension[safe-limit].extension[quantity].valueQuantity = 10 'kg'

Instance: answer-message-example
InstanceOf: AnswerMessage
Usage: #example
Title: "Answer message"
Description: "The whole answer: one item answered, the other declined with a reason."
* type = #message
* timestamp = "2026-09-14T13:21:00+02:00"
* entry[header].fullUrl = "https://epj.example/fhir/MessageHeader/answer-header-example"
* entry[header].resource = answer-header-example
* entry[answer].fullUrl = "https://epj.example/fhir/Communication/answer-example"
* entry[answer].resource = answer-example
* entry[certificate].fullUrl = "https://epj.example/fhir/Composition/answered-certificate-example"
* entry[certificate].resource = answered-certificate-example
* insert Entry(3, RiskAssessment, answered-risk-example)
* insert Entry(4, Patient, patient-example)
* insert Entry(5, PractitionerRole, author-example)
* insert Entry(6, Practitioner, practitioner-example)
* insert Entry(7, Organization, organization-example)

Instance: full-decline-example
InstanceOf: ClarificationAnswer
Usage: #example
Title: "Nothing can be answered"
Description: "Goes with a Composition without any section."
* basedOn.type = "CommunicationRequest"
* basedOn.identifier.system = $clarification
* basedOn.identifier.value = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01"
* status = #not-done
* statusReason = $decline-reason#not-my-patient
* subject = Reference(patient-example)
* payload[answer].contentReference = Reference(declined-certificate-example)

Instance: declined-certificate-example
InstanceOf: Certificate
Usage: #example
Title: "Nothing is answered"
Description: "Names patient, author and certificate, and says nothing about any item."
* insert CertificateHead
* date = "2026-09-14T13:20:00+02:00"
