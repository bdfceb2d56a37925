package bundle

import "errors"

var errProtobuf = errors.New("protobuf")

func parseModelProto(data []byte, lim Limits) (Model, error)           { return Model{}, errProtobuf }
func parseNodeProto(data []byte, lim Limits) (nodeFile, error)         { return nodeFile{}, errProtobuf }
func parseTreeProto(data []byte, lim Limits) ([]TreeNode, error)       { return nil, errProtobuf }
func parseClusterProto(data []byte, lim Limits) ([]ClusterNode, error) { return nil, errProtobuf }
