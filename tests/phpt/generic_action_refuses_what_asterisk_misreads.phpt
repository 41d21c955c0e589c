--TEST--
GenericAction refuses at construction what Asterisk would misread
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\InvalidActionException;
use Apn\AmiClient\GenericAction;

foreach ([
    [''],
    ["Ping\r\nAction: Originate"],
    ['Ping', ["X\nY" => 'v']],
    ['Ping', ['X' => "a\r\nAction: Originate"]],
    ['Ping', ['X' => "a\nb"]],
    ['Ping', ['X' => "a\0b"]],
    ['Ping', ['X' => ['fine', "a\rb"]]],
    ['Ping', ['X' => str_repeat('v', 1020)]],
    ['Ping', ['X' => array_fill(0, 127, 'v')]],
    ['Ping', ['ActionID' => '1']],
    ['Ping', ['action' => 'x']],
    ['login', ['Username' => 'u']],
    ['Challenge'],
    ['Ping', ['value without a name']],
    ['Ping', ['X' => new stdClass()]],
    ['Ping', ['X' => [[1]]]],
    ['Ping', ['X' => NAN]],
    ['Ping', ['Variable' => ['A' => '1']]],
    ['Originate', ['Variable' => 'hunter2']],
    ["caf\xe9"],
] as $arguments) {
    try {
        new GenericAction(...$arguments);
        echo json_encode($arguments), " accepted\n";
    } catch (InvalidActionException $e) {
        echo $e->getMessage(), "\n";
    }
}
new GenericAction('Ping', ['X' => str_repeat('v', 1019), 'Y' => array_fill(0, 125, 'v'), 'Z' => null]);
new GenericAction('Originate', ['Variable' => ['A' => '1,"2', 'B' => 5], 'Async' => true]);
try {
    (new GenericAction('Ping'))->with('X', "a\nb");
} catch (InvalidActionException $e) {
    var_dump($e->isRetrySafe());
}
?>

--EXPECT--
action `` is invalid: its name is empty
action `Ping\r\nAction: Originate` is invalid: header `Action` holds CR, which would end its line
action `Ping` is invalid: `X\nY` is no header name
action `Ping` is invalid: header `X` holds CR, which would end its line
action `Ping` is invalid: header `X` holds LF, which would end its line
action `Ping` is invalid: header `X` holds NUL, which would end its line
action `Ping` is invalid: header `X` holds CR, which would end its line
action `Ping` is invalid: header `X` makes a line of 1023 bytes, Asterisk takes 1022
action `Ping` is invalid: it has 129 lines with Action and ActionID, Asterisk takes 128
action `Ping` is invalid: the client makes the ActionID by itself: see PendingAction::$actionId
action `Ping` is invalid: an action has one name: a second Action header would be ignored
action `login` is invalid: the client logs in by itself: set username and secret of the server
action `Challenge` is invalid: the client logs in by itself: set username and secret of the server
action `Ping` is invalid: parameter 0 has no name
action `Ping` is invalid: header `X` is stdClass, must be text, a number, a bool or an array of these
action `Ping` is invalid: header `X` is array, must be text, a number, a bool or an array of these
action `Ping` is invalid: header `X` is float, must be text, a number, a bool or an array of these
action `Ping` is invalid: header `Variable` holds NAME => value: only Variable of Originate, MessageSend and PJSIPNotify does, give a list to repeat a header
action `Originate` is invalid: a variable needs the form NAME=value or NAME => value, not `a text without =`
action `caf�` is invalid: its name is not UTF-8
bool(true)
