// The certificate as answers to its Questionnaire, for record systems that render the form.

Profile: CertificateAnswers
Parent: QuestionnaireResponse
Id: certificate-answers
Title: "Certificate as answers"
Description: "Answers to our Questionnaire; link ids are the paths of the certificate's elements. They count for the items that the Composition does not answer by sections of their own. Answers to other questions are allowed and not carried."
* questionnaire 1..1
* questionnaire obeys certificate-questionnaire
* subject only Reference(CertificatePatient)

Invariant: certificate-questionnaire
Description: "The answers must be to the certificate's Questionnaire, with or without its version."
Severity: #error
Expression: "toString().matches('^https://certgateway[.]example/fhir/Questionnaire/certificate([|]1[.]0[.]0)?$')"

Instance: answers-example
InstanceOf: CertificateAnswers
Usage: #example
Title: "A certificate as answers"
Description: "One function in work, and a health risk assessed without any known."
* questionnaire = "https://certgateway.example/fhir/Questionnaire/certificate|1.0.0"
* status = #completed
* subject = Reference(patient-example)
* authored = "2026-05-12T10:20:00+02:00"
* item[0].linkId = "function"
* item[0].item.linkId = "function.entry"
* item[0].item.item[0].linkId = "function.code"
* item[0].item.item[0].answer.valueCoding = $icf#d4154
* item[0].item.item[1].linkId = "function.setting"
* item[0].item.item[1].answer.valueCoding = $setting#work
* item[0].item.item[2].linkId = "function.ability"
* item[0].item.item[2].answer.valueCoding = $ability#can
* item[1].linkId = "health-risk"
* item[1].item.linkId = "health-risk.state"
* item[1].item.answer.valueCoding = http://terminology.hl7.org/CodeSystem/list-empty-reason#nilknown
