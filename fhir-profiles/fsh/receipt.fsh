// The gateway's answer to a message.

Profile: ReceiptMessage
Parent: Bundle
Id: receipt-message
Title: "Receipt message"
Description: "Answers a certificate message: a header whose response quotes the message id, and an OperationOutcome with every finding at once."
* type = #message
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains header 1..1 and outcome 1..1
* entry[header].resource 1..1
* entry[header].resource only ReceiptHeader
* entry[outcome].resource 1..1
* entry[outcome].resource only ReceiptOutcome

Profile: ReceiptHeader
Parent: MessageHeader
Id: receipt-header
Title: "Header of a receipt message"
Description: "The response carries the id of the message that is answered: ok when it is registered, also when it is incomplete; fatal-error when it is rejected."
* id 1..1
* event[x] only Coding
* event[x] = $event#certificate
* response 1..1
* response.details 1..1
* response.details only Reference(ReceiptOutcome)

Profile: ReceiptOutcome
Parent: OperationOutcome
Id: receipt-outcome
Title: "Outcome in a receipt"
Description: "One issue per finding: rule in details.coding, FHIRPath in expression, place in the extension. No value of the message is quoted. Without findings there is one informational issue."
* extension contains ReceiptFacts named receipt 0..1
* issue.extension contains FindingPlace named finding 0..1
