--TEST--
Response::getOutput() joins the Output headers, indentation kept
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Response;

$response = Response::fromArray('pbx1', [
    'Response' => 'Success',
    'Message' => 'Command output follows',
    'Output' => ['Channel  State', '  indented', ''],
]);
var_dump($response->success, $response->getMessage(), $response->getOutput());
var_dump(Response::fromArray('pbx1', ['Response' => 'Success'])->getOutput(), Response::fromArray('pbx1', ['Response' => 'Goodbye'])->success);
?>

--EXPECT--
bool(true)
string(22) "Command output follows"
string(26) "Channel  State
  indented
"
NULL
bool(true)
