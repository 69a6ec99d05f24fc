// A question about a certificate, which NAV sends, and the answer to it.

Profile: QuestionMessage
Parent: Bundle
Id: question-message
Title: "Question message"
Description: "What the gateway sends about a clarification: the question, a reminder of it, a return, or its withdrawal, told by the header's event. The header first, one CommunicationRequest, and the people it names. It repeats nothing of what the certificate says."
* type = #message
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains header 1..1 and request 1..1
* entry[header].resource 1..1
* entry[header].resource only QuestionHeader
* entry[request].resource 1..1
* entry[request].resource only ClarificationRequest

Profile: QuestionHeader
Parent: MessageHeader
Id: question-header
Title: "Header of a question message"
Description: "The id is the message id. The event tells a question from a reminder, a return and a withdrawal."
* id 1..1
* event[x] only Coding
* event[x] from $vs-event (required)
* event[x] obeys question-event
* focus 1..1
* focus only Reference(ClarificationRequest)

Invariant: question-event
Description: "The event must be one that NAV sends about a clarification."
Severity: #error
Expression: "code = 'clarification' or code = 'clarification-reminder' or code = 'clarification-return' or code = 'clarification-withdrawal'"

Profile: ClarificationRequest
Parent: CommunicationRequest
Id: clarification-request
Title: "Clarification"
Description: "What NAV asks the author of a certificate. The identifier is the clarification's id, the same in every message about it and in the answer. One payload for each thing that is asked, in the words that the doctor is to read; what still waits for an answer only. Revoked when NAV no longer asks."
* extension contains PlannedMeasure named measure 0..1 and ClarificationReturn named return 0..1
* identifier 1..1
* identifier.system 1..1
* identifier.system = $clarification
* identifier.value 1..1
* statusReason from $vs-clarification-withdrawal-reason (required)
* payload.extension contains QuestionTarget named target 1..1
* payload.content[x] only string
* subject 1..1
* subject only Reference(CertificatePatient)
* about 1..1
* about only Reference(Certificate)
* about.extension contains AskedVersion named version 1..1
* about.identifier 1..1
* about.identifier.value 1..1
* occurrence[x] 1..1
* occurrence[x] only dateTime
* authoredOn 1..1
* requester 1..1
* requester only Reference(Organization)
* requester.identifier 1..1
* recipient 1..1
* recipient only Reference(CertificateAuthor)
* sender 1..1
* sender only Reference(Organization)
* sender.identifier 1..1
* obeys question-status

Invariant: question-status
Description: "A clarification is active, or revoked for a reason; it is revoked as a whole, with nothing left to answer."
Severity: #error
Expression: "(status = 'active' and statusReason.empty()) or (status = 'revoked' and statusReason.exists() and payload.empty())"

Profile: AnswerMessage
Parent: Bundle
Id: answer-message
Title: "Answer message"
Description: "A doctor's answer to a clarification: the header first, one Communication that says which clarification is answered, one Composition with the sections that are answered and no others, and the resources it names. Other entries are allowed and not carried. Items without a section stay as they were."
* type = #message
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains header 1..1 and answer 1..1 and certificate 1..1
* entry[header].resource 1..1
* entry[header].resource only AnswerHeader
* entry[answer].resource 1..1
* entry[answer].resource only ClarificationAnswer
* entry[certificate].resource 1..1
* entry[certificate].resource only Certificate
* obeys author-missing

Profile: AnswerHeader
Parent: MessageHeader
Id: answer-header
Title: "Header of an answer message"
Description: "The id is the message id that a receipt quotes. The focus is the Composition with what is answered; it may name the Communication too."
* id 1..1
* event[x] only Coding
* event[x] = $event#clarification-answer
* focus 1..2
* focus only Reference(Certificate or ClarificationAnswer)

Profile: ClarificationAnswer
Parent: Communication
Id: clarification-answer
Title: "Answer to a clarification"
Description: "Which clarification is answered, by its id, and where the answer stands. Completed, or not-done with a reason when nothing can be answered. Some items are answered and others cannot be: completed, with the reason and the declined items. Entered in error, here or in the Composition, it takes back what was answered. Prose is allowed and not carried: an answer belongs in the section of its item."
* extension contains DeclinedItem named declined-item 0..* and QuestionRelevance named relevance 0..1
* basedOn 1..1
* basedOn only Reference(CommunicationRequest)
* basedOn.identifier 1..1
* basedOn.identifier.system 1..1
* basedOn.identifier.system = $clarification
* basedOn.identifier.value 1..1
* statusReason from $vs-decline-reason (required)
* subject 1..1
* subject only Reference(CertificatePatient)
* payload 1..*
* payload ^slicing.discriminator.type = #type
* payload ^slicing.discriminator.path = "content"
* payload ^slicing.rules = #open
* payload contains answer 1..1
* payload[answer].content[x] only Reference(Certificate)
* obeys answer-status and answer-decline-reason

Invariant: answer-status
Description: "An answer is completed, not-done when nothing can be answered, or entered-in-error when it is taken back."
Severity: #error
Expression: "status = 'completed' or status = 'not-done' or status = 'entered-in-error'"

Invariant: answer-decline-reason
Description: "What cannot be answered needs a reason: a code of decline-reason in statusReason."
Severity: #error
Expression: "(status = 'not-done' or extension.where(url = 'https://certgateway.example/fhir/StructureDefinition/declined-item').exists()) implies statusReason.coding.where(system = 'https://certgateway.example/fhir/CodeSystem/decline-reason').exists()"

Extension: QuestionTarget
Id: question-target
Title: "What a question is about"
Description: "An item of the certificate or, within it, one element of the version asked about, by its path in the domain (docs/fhir-mapping.md); why it is asked; and what would settle it, in NAV's words."
Context: CommunicationRequest.payload, Task.input
* extension contains item 1..1 and element 0..1 and reason 1..1 and settles 0..1
* extension[item].value[x] 1..1
* extension[item].value[x] only code
* extension[item].value[x] from $vs-item (required)
* extension[element].value[x] 1..1
* extension[element].value[x] only string
* extension[reason].value[x] 1..1
* extension[reason].value[x] only code
* extension[reason].value[x] from $vs-clarification-reason (required)
* extension[settles].value[x] 1..1
* extension[settles].value[x] only string

Extension: PlannedMeasure
Id: planned-measure
Title: "Measure that NAV plans"
Description: "What NAV plans, in its words, and the activities it asks of the patient."
Context: CommunicationRequest, Task
* extension contains description 1..1 and demand 0..*
* extension[description].value[x] 1..1
* extension[description].value[x] only string
* extension[demand].value[x] 1..1
* extension[demand].value[x] only code
* extension[demand].value[x] from $vs-risk-activity (required)

Extension: ClarificationReturn
Id: clarification-return
Title: "Return of an answer"
Description: "Why NAV sends a certificate or an answer back, and whether NAV marks it as one that is not paid for: data, and never a decision."
Context: CommunicationRequest, Task
* extension contains reason 1..1 and not-payable 1..1
* extension[reason].value[x] 1..1
* extension[reason].value[x] only code
* extension[reason].value[x] from $vs-return-reason (required)
* extension[not-payable].value[x] 1..1
* extension[not-payable].value[x] only boolean

Extension: AskedVersion
Id: asked-version
Title: "Version that is asked about"
Description: "When the version of the certificate that is asked about was written, with time and zone. The identifier beside it is the same in all versions."
Context: Reference
* value[x] 1..1
* value[x] only dateTime

Extension: DeclinedItem
Id: declined-item
Title: "Item that cannot be answered"
Description: "An item of the certificate that the doctor was asked about and cannot answer; repeats. None: everything that is not answered."
Context: Communication
* value[x] 1..1
* value[x] only code
* value[x] from $vs-item (required)

Extension: QuestionRelevance
Id: question-relevance
Title: "How relevant the question was"
Description: "How relevant the doctor finds the question, from 1, not at all, to 5, very. For statistics; it decides nothing and is shown to no patient."
Context: Communication
* value[x] 1..1
* value[x] only integer
* valueInteger ^minValueInteger = 1
* valueInteger ^maxValueInteger = 5
