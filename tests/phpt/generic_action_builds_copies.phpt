--TEST--
GenericAction::with() gives a copy in which a header exists once, whatever its case
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{GenericAction, SingleResponseStrategy};

$action = new GenericAction('QueueStatus', ['Queue' => 'support', 'Member' => 'x']);
$copy = $action->with('queue', 'sales')->with('Retries', 3)->with('Variable', ['A=1', 'B=2'])->with('Async', true);
echo json_encode($action->getParameters()), "\n", json_encode($copy->getParameters()), "\n";
$strategy = new SingleResponseStrategy(500);
var_dump($copy->withStrategy($strategy)->getCompletionStrategy() === $strategy);
var_dump($copy->withStrategy($strategy)->withStrategy(null)->strategy, $copy->getName(), $action->with('A', 1.5)->parameters['A']);
?>

--EXPECT--
{"Queue":"support","Member":"x"}
{"Member":"x","queue":"sales","Retries":3,"Variable":["A=1","B=2"],"Async":true}
bool(true)
NULL
string(11) "QueueStatus"
float(1.5)
