--TEST--
No dump, export or cast of PHP shows the secret of a ServerConfig
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{ServerConfig, ServerRegistry};

$server = new ServerConfig('pbx1', 'localhost', username: 'u', secret: 'hunter2');
$holder = ['registry' => new ServerRegistry([$server]), 'server' => $server];

ob_start();
var_dump($holder);
print_r($holder);
var_export($server);
echo json_encode($holder), print_r((array) $server, true), print_r(get_object_vars($server), true);
echo print_r(get_mangled_object_vars($server), true), new ReflectionObject($server);
$output = ob_get_clean();
var_dump(strlen($output) > 1000, str_contains($output, 'hunter2'));
?>

--EXPECT--
bool(true)
bool(false)
