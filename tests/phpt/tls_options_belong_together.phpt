--TEST--
TlsOptions wants certificate and key together, and no empty names
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\TlsOptions;

var_dump(new TlsOptions(certFile: 'a.pem', keyFile: 'a.key', verifyPeer: false));
foreach ([['certFile' => 'a'], ['keyFile' => 'a'], ['caFile' => ''], ['serverName' => ''], ['caFile' => "\xff"]] as $wrong) {
    try {
        new TlsOptions(...$wrong);
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
    }
}
?>

--EXPECTF--
object(Apn\AmiClient\TlsOptions)#%d (5) {
  ["caFile"]=>
  NULL
  ["serverName"]=>
  NULL
  ["verifyPeer"]=>
  bool(false)
  ["certFile"]=>
  string(5) "a.pem"
  ["keyFile"]=>
  string(5) "a.key"
}
keyFile is null, must be given with certFile
certFile is null, must be given with keyFile
caFile is empty, must be a file, or null
serverName is empty, must be a name, or null
caFile is not UTF-8, must be UTF-8
