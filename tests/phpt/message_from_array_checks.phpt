--TEST--
fromArray() of events and responses wants a server key, the header that names it, and strings
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, Response};
use Apn\AmiClient\Exception\InvalidConfigurationException;

foreach ([
    fn() => AmiEvent::fromArray('', ['Event' => 'X']),
    fn() => AmiEvent::fromArray('pbx1', ['Response' => 'Success']),
    fn() => Response::fromArray('pbx1', ['Event' => 'X']),
    fn() => AmiEvent::fromArray('pbx1', ['Event' => 'X', 'A' => null]),
    fn() => AmiEvent::fromArray('pbx1', ['Event' => 'X', 'A' => [[]]]),
] as $wrong) {
    try {
        $wrong();
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
    }
}
// A line end would forge another header.
var_dump(AmiEvent::fromArray('pbx1', ['Event' => 'X', 'A' => "1\r\nB: 2"])->getHeaders());
?>

--EXPECT--
key is "", must be 1 to 32 of A-Za-z0-9._-
headers have no "Event", which says what the message is
headers have no "Response", which says what the message is
headers[A] is null, must be a string or a list of strings
headers[A] is array, must be a string or a list of strings
array(2) {
  ["event"]=>
  string(1) "X"
  ["a"]=>
  string(7) "1  B: 2"
}
